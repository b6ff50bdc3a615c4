// Which row each thing of the world has: needed while tables are made, not while they are read.
import Cloud
import DNSWire

struct RowNumbers: Sendable {
  var region: [Region: UInt16] = [:]
  var vpc: [ID<VPC>: UInt32] = [:]
  /// Of instances that something refers to by their id; of all, where changes are expected.
  var instance: [ID<Instance>: UInt32] = [:]
  /// The zones, where changes are expected: what is taken away when a zone changes.
  var zone: [ID<HostedZone>: ZonePlace] = [:]

  /// How many Classic instances each Region has, where it has any.
  var classicInstances: [Region: Int] = [:]
  /// Sets that are answered in turn have numbers of their own.
  var rotatingSets: UInt16 = 0

  /// The Region with this number.
  func region(numbered number: UInt16) -> Region? { region.first { $0.value == number }?.key }

  struct ZonePlace: Sendable {
    var name: Name
    var isPrivate: Bool
    var vpcIDs: Set<ID<VPC>>
  }
}
