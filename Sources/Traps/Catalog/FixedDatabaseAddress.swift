// S31: the private hostname and the private address of a database do not follow it when it fails over.
import Cloud
import DNSWire

extension World {
  /// One finding for each zone and database.
  func fixedDatabaseAddresses() -> [Finding] {
    var databaseOfAddress: [IPv4Address: [DBInstance]] = [:]
    var databaseOfName: [Name: [DBInstance]] = [:]
    for database in dbInstances.values.sorted(by: { $0.id < $1.id }) where failsOver(database) {
      for address in [addresses(of: database).privateAddress, database.standbyPrivateIPAddress].compactMap({ $0 }) {
        databaseOfAddress[address, default: []].append(database)
        databaseOfName[RegionSuffixes(database.region).privateHostname(address), default: []].append(database)
      }
    }
    guard !databaseOfAddress.isEmpty else { return [] }
    return zones { _ in true }.flatMap { zone -> [Finding] in
      var names: [ID<DBInstance>: Set<Name>] = [:]
      for set in zone.recordSets {
        let byName = set.targets.flatMap { databaseOfName[$0] ?? [] }
        let byAddress = set.addresses.flatMap { databaseOfAddress[$0] ?? [] }.filter { means($0, zone) }
        for database in byName + byAddress { names[database.id, default: []].insert(set.name) }
      }
      return names.sorted { $0.key < $1.key }.compactMap { id, names in
        guard let database = dbInstances[id] else { return nil }
        let sorted = names.sorted()
        return Finding(
          .fixedDatabaseAddress, .hostedZone(zone.id),
          "\(list(sorted)) of \(zone.id) \(sorted.count == 1 ? "leads" : "lead") to a private address of the Multi-AZ "
            + "DB instance \(id) and will not follow its failover",
          mend: "make it a CNAME of \(endpoint(of: database)?.description ?? "the endpoint of \(id)")")
      }
    }
  }

  /// A Multi-AZ instance has a standby, a cluster of several members has readers that can become the writer.
  private func failsOver(_ database: DBInstance) -> Bool {
    database.multiAZ || (database.clusterID.flatMap { dbClusters[$0] }?.members.count ?? 0) > 1
  }

  /// The name that moves: of a cluster's member it is the cluster's.
  private func endpoint(of database: DBInstance) -> Name? {
    database.clusterID.flatMap { dbClusters[$0] }?.endpoint ?? database.endpoint
  }

  /// Whether the database's address in a zone means the database, and not a host of another VPC with the same range.
  private func means(_ database: DBInstance, _ zone: HostedZone) -> Bool {
    guard zone.isPrivate, let home = database.vpcID, !zone.vpcIDs.contains(home),
      let address = addresses(of: database).privateAddress
    else { return true }
    return !zone.vpcIDs.compactMap { vpcs[$0] }.contains { $0.cidrBlocks.contains { $0.contains(address) } }
  }
}
