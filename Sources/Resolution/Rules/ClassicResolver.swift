// S64, S65, decision 11: what arrives at 172.16.0.23 is answered as EC2-Classic, also for a host that the world does
// not name.
import DNSWire

extension Tables {
  /// An unknown address of 10/8 on the EC2-Classic resolver is an unlinked Classic host (world.md 2.2).
  @_noLocks
  borrowing func classicResolverAsker(source: IPAddress, network: Network) -> Asker? {
    guard rules.contains(.classicResolver), network.rawValue == Network.classic.rawValue,
      case .v4(let address) = source, address.octet(0) == 10
    else { return nil }
    var asker = Asker()
    asker.kind = .classicHost
    asker.reason = .classicRange
    asker.region = classicRegion
    return asker
  }
}
