// S28–S31, S33; rows 8–10, decision 22: a public RDS endpoint is a CNAME to an `ec2-…` name, a private one has the
// private address.
import Cloud
import DNSWire

extension World {
  func endpoints(of database: DBInstance) -> [Endpoint] {
    guard let name = database.endpoint else { return [] }
    return [
      Endpoint(
        name: name, content: content(of: database), ttl: settings.timesToLive.database, rule: .databaseEndpoint,
        vpcID: database.vpcID, resource: database.id.rawValue,
        isPublic: database.publiclyAccessible || addresses(of: database).publicAddress != nil && database.vpcID == nil)
    ]
  }

  private func content(of database: DBInstance) -> Endpoint.Content {
    let addresses = addresses(of: database)
    // On the EC2-Classic platform an endpoint is public whatever the flag says (row 10).
    if database.publiclyAccessible || database.vpcID == nil, let address = addresses.publicAddress {
      return .publicHostname(address, database.region)
    }
    guard !database.publiclyAccessible, let address = addresses.privateAddress else { return .unknown }
    return .addresses([address], [])
  }
}

extension Tables {
  @_noLocks
  borrowing func databaseEndpointReason(_ verdict: Verdict) -> Reason {
    let row = endpointRows[Int(verdict.endpoint)]
    if row.isUnknown { return Reason(.decision22, row.identifier, .addressNotKnown) }
    if row.vpc == none {
      return Reason(.row10, row.identifier, row.isPublic ? .onClassicPlatform : .onClassicPlatformPrivate)
    }
    // Which of the two it is shows in its records, whatever type was asked.
    return row.isPublic
      ? Reason(.s28, row.identifier, .publiclyAccessible) : Reason(.s29, row.identifier, .notPubliclyAccessible)
  }
}
