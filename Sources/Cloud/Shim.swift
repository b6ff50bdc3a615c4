// Whether an address is free to give away.
import DNSWire

extension World {
  public func isHeld(_ address: IPv4Address, inVPC id: ID<VPC>?, region: Region?) -> Bool {
    let networks = id.map { [Network.vpc($0)] } ?? region.map { [.classic($0)] } ?? addresses.classicNetworks
    return networks.contains { addresses[address, in: $0] != nil }
  }

  public func isHeld(publicAddress address: IPv4Address) -> Bool { addresses[publicAddress: address] != nil }
}
