// The compiled world: flat tables that refer to each other by index. A `~Copyable` struct of arrays, because only
// then does the compiler prove, in debug builds too, that reading it counts no reference (docs/decisions/0002).
import DNSWire

public struct Tables: ~Copyable, Sendable {
  // Who asks.
  let askerAddresses: AddressTable
  let askerRanges4: RangeTable
  let askerRanges6: RangeTable
  /// From a destination address to the network that it belongs to (world.md 2.1).
  let resolverAddresses: AddressTable
  /// From the row of a Classic instance to the row of the VPC it is linked to.
  let links: AddressTable
  /// Region of a Classic host that is not in the world.
  let classicRegion: UInt16

  // The cloud.
  let vpcs: [VPCRow]
  let ranges: [VPCRange]
  let peers: [PeerRow]
  let instances: InstanceRows
  let regions: [RegionRow]
  let publicAddresses: PublicAddressTable

  // Names.
  let domains: NameTable
  let domainRows: [DomainRow]
  /// `in-addr.arpa`, for the SOA of a negative answer.
  let publicReverseDomain: UInt32
  /// Bit n: a domain has n labels.
  let domainLabels: UInt64
  let apexes: NameTable
  let publicZoneLabels: UInt64
  /// Domains of Resolver rules, each VPC's row their space; the value is a row of `ruleRows`.
  let ruleDomains: NameTable
  let ruleRows: [RuleRow]
  /// The servers that Resolver rules forward to, each set once; row 0 is left for those that every other name is asked
  /// of.
  public let targetSets: [[ServerAddress]]
  let nodes: NameTable
  let zoneRows: [ZoneRow]
  let nodeRows: NodeRows
  let setRows: SetRows
  let endpoints: NameTable
  let endpointRows: [EndpointRow]
  /// Full resource names; the value is a row of `resourceRows`.
  let resourceNames: NameTable
  let resourceRows: ResourceRows
  /// RDATA, and names that answers are made of.
  let data: OctetStore
  /// Ids and other texts, each after one octet of length.
  let identifiers: OctetStore
  /// Offset in `identifiers` of each `Phrase`.
  let phrases: [UInt32]
  /// Offset in `identifiers` of each `Citation`.
  let citations: [UInt32]
  /// Answers carry their reason (`serve --explain`).
  let explains: Bool

  let rules: RuleSet
  let timesToLive: TTLRow
  let hasNegativeSOA: Bool
  let syntheticSOA: UInt32
  public let advertisedUDPPayload: UInt16
  public let largestUDPPayload: UInt16
}

extension Tables {
  /// Names that answers are found for, roughly: public hostnames, and those of zones and endpoints.
  public var nameCount: Int { publicAddresses.count + nodeRows.count }

  /// The network of a VPC by its id; `nil` when the world has no such VPC. Looks at every VPC: not for a packet's path.
  public borrowing func network(vpcID: String) -> Network? {
    for index in vpcs.indices where text(vpcs[index].identifier) == vpcID { return Network(rawValue: UInt32(index)) }
    return nil
  }

  /// The id of the VPC that is this network; `nil` for EC2-Classic and for any network.
  public borrowing func vpcID(of network: Network) -> String? {
    vpcs.indices.contains(Int(network.rawValue)) ? text(vpcs[Int(network.rawValue)].identifier) : nil
  }

  /// The text at an offset of `identifiers`.
  borrowing func text(_ identifier: UInt32) -> String {
    String(decoding: octets(ofText: identifier), as: UTF8.self)
  }

  borrowing func octets(ofText identifier: UInt32) -> ArraySlice<UInt8> {
    let start = Int(identifier)
    return identifiers.octets(at: start + 1, count: Int(identifiers[start]))
  }
}

/// Times to live of the names that are decided by rule (decision 2), seconds.
struct TTLRow: BitwiseCopyable, Sendable {
  var privateHostname: UInt32
  var publicHostname: UInt32
  var splitHorizon: UInt32
  var pointer: UInt32
  var negative: UInt32
}

/// An instance's resource name and its records.
struct ResourceRow: BitwiseCopyable, Sendable {
  var instance: UInt32
  var node: UInt32
}

/// Spaces of the name tables.
enum Space {
  /// In `domains`: domains that everybody has.
  static var common: UInt32 { @_noLocks get { 0 } }
  /// In `domains`: reverse domains of the ranges of some VPC.
  static var rangeReverse: UInt32 { @_noLocks get { 1 } }
  /// In `domains`: domains that only own an SOA.
  static var authorities: UInt32 { @_noLocks get { 2 } }
  /// In `domains`: names of class CHAOS; the value is one of `ChaosName`.
  static var chaos: UInt32 { @_noLocks get { 3 } }
  /// In `apexes`: public zones; the private ones of a VPC have its row as their space.
  static var publicZones: UInt32 { @_noLocks get { .max } }
}
