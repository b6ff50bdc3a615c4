// Rows 13, 14 (R8): an internet-facing load balancer has public addresses for everybody, an internal one private
// addresses.
import Cloud
import DNSWire

extension World {
  func endpoints(of balancer: LoadBalancer) -> [Endpoint] {
    let addresses =
      switch balancer.scheme {
      case .internetFacing: balancer.publicAddresses
      case .internal: balancer.privateAddresses
      }
    let name = balancer.dnsName
    func endpoint(_ prefix: String?, _ v4: [IPv4Address], _ v6: [IPv6Address]) -> Endpoint? {
      let whole = prefix.map { name.prepending(Resolution.name([$0])) } ?? name
      guard let whole else { return nil }
      return Endpoint(
        // A balancer need not have IPv6; without IPv4 nobody has told us its addresses.
        name: whole, content: v4.isEmpty && v6.isEmpty && addresses.isEmpty ? .unknown : .addresses(v4, v6),
        ttl: settings.timesToLive.loadBalancer, rule: .loadBalancerName, vpcID: balancer.vpcID,
        resource: balancer.id.rawValue, isPublic: balancer.scheme == .internetFacing)
    }
    // The world takes an IPv6 address of a Classic one as often as it is told; an answer has it once (RFC 2181 5).
    var told: Set<IPv6Address> = []
    let v6 = balancer.ipv6Addresses.filter { told.insert($0).inserted }
    switch balancer.generation {
    case .classic:
      // The plain name has A only (semantics 2.3); the others exist for IPv6 clients.
      let plain = endpoint(nil, addresses, [])
      let others = balancer.scheme == .internal ? [] : [endpoint("dualstack", addresses, v6), endpoint("ipv6", [], v6)]
      return ([plain] + others).compactMap { $0 }
    case .v2(let dualStack):
      return [endpoint(nil, addresses, dualStack ? v6 : []), endpoint("dualstack", addresses, dualStack ? v6 : [])]
        .compactMap { $0 }
    }
  }

}

extension Tables {
  @_noLocks
  borrowing func loadBalancerNameReason(_ verdict: Verdict) -> Reason {
    let row = endpointRows[Int(verdict.endpoint)]
    let citation: Citation = row.isPublic ? .row13 : .row14
    if row.isUnknown { return Reason(citation, row.identifier, .addressNotKnown) }
    if verdict.isNoData { return Reason(citation, row.identifier, .hasNoSuchRecord) }
    return Reason(citation, row.identifier, row.isPublic ? .internetFacing : .internalBalancer)
  }
}
