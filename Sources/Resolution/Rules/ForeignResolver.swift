// World.md 2.4, semantics 2.1 (VPC peering guide): the resolver of another VPC, or of EC2-Classic, cannot be queried.

extension Tables {
  /// Somebody who is known to be elsewhere: in another VPC, or in EC2-Classic.
  @_noLocks
  borrowing func isForeign(_ asker: Asker, in network: Network) -> Bool {
    guard rules.contains(.foreignResolver), network.rawValue != Network.any.rawValue else { return false }
    if case .ambiguous = asker.reason { return true }
    let own = asker.network.rawValue
    return own != Network.any.rawValue && own != network.rawValue
  }
}
