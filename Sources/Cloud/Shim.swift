import DNSWire

extension World {
  public func touched(by change: borrowing Change) -> [ResourceID] { [] }
  public mutating func restore(_ before: [(ResourceID, Resource?)]) {}
  public func isHeld(_ address: IPv4Address, inVPC: ID<VPC>?, region: Region?) -> Bool { false }
  public func isHeld(publicAddress: IPv4Address) -> Bool { false }
}
extension Change {
  public static func remove(_ id: ResourceID) -> Change { fatalError() }
  public static func replace(_ id: Resource) -> Change { fatalError() }
  public static func addStored(_ resource: StoredResource) -> Change { fatalError() }
}
