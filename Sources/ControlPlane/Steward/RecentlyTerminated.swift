// Instances that are gone and still described: clients wait for the state `terminated` to show.
import Cloud

/// What AWS would go on describing. It is no part of a world: neither kept nor exported, and forgotten at a restart.
struct RecentlyTerminated: Sendable {
  /// Milliseconds; AWS describes them for about an hour.
  private static let remembrance: Int64 = 3_600_000
  /// Instances at most: enough for a waiter, however fast they are terminated.
  private static let most = 1000

  private var entries: [(end: Timestamp, instance: Instance)] = []

  /// Without what AWS takes from it: network, addresses, groups.
  mutating func add(_ instance: Instance, at now: Timestamp) {
    var instance = instance
    (instance.vpcID, instance.subnetID) = (nil, nil)
    (instance.addresses, instance.ipv6Addresses, instance.securityGroupIDs) = ([], [], [])
    // A dry run has been taken back, and left its entry.
    entries.removeAll { $0.end <= now || $0.instance.id == instance.id }
    if entries.count >= Self.most { entries.removeFirst(entries.count - Self.most + 1) }
    entries.append((Timestamp(milliseconds: now.milliseconds + Self.remembrance), instance))
  }

  func instances(at now: Timestamp) -> [Instance] { entries.filter { $0.end > now }.map(\.instance) }
}
