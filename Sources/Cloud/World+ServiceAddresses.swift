// Where a service's addresses are found when it does not say them itself: on the network interface that it uses (S33).
import DNSWire

extension NetworkInterface {
  /// What the interface of an RDS instance says of itself (S33).
  public static let databaseDescription = "RDSNetworkInterface"
}

extension World {
  /// The addresses of a database: its own, or those of the one interface of its VPC that can only be its.
  public func addresses(
    of database: DBInstance
  ) -> (privateAddress: IPv4Address?, publicAddress: IPv4Address?) {
    if database.privateIPAddress != nil || database.publicIPAddress != nil {
      return (database.privateIPAddress, database.publicIPAddress)
    }
    guard let vpcID = database.vpcID else { return (nil, nil) }
    guard let interfaces = databaseInterfaceIDs[vpcID], interfaces.count == 1, databaseCounts[vpcID] == 1,
      let pair = networkInterfaces[interfaces[0]]?.addresses.first
    else { return (nil, nil) }
    return (pair.privateAddress, pair.publicAddress)
  }
}

extension World {
  mutating func enrollDatabaseInterface(_ interface: NetworkInterface, _ isThere: Bool) {
    guard interface.networkInterfaceDescription == NetworkInterface.databaseDescription else { return }
    databaseInterfaceIDs.set(interface.id, of: interface.vpcID, isThere)
  }

  mutating func countDatabase(_ instance: DBInstance, _ isThere: Bool) {
    guard let vpcID = instance.vpcID else { return }
    let count = databaseCounts[vpcID, default: 0] + (isThere ? 1 : -1)
    databaseCounts[vpcID] = count > 0 ? count : nil
  }

  /// The interface that shows a private address in a VPC; `nil` when there is none.
  public func networkInterface(holding address: IPv4Address, inVPC id: ID<VPC>) -> ID<NetworkInterface>? {
    addresses[address, in: .vpc(id)]?.interface
  }
}
