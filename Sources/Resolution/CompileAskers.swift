// Compiling the table of askers: sources, networks, and what two networks share (world.md 2).
import Cloud
import DNSWire

struct AskerDraft: ~Copyable {
  /// Single addresses, of IPv4: they go before every range.
  private(set) var addresses: AddressTableBuilder
  private(set) var ranges: AskerRanges

  /// - Parameter instances: The rows of the world's instances, in their order.
  init(_ world: World, _ rowOf: RowNumbers, _ instances: Growing<InstanceRow>) {
    // Each address is found in its own network and in any.
    addresses = AddressTableBuilder(expected: 2 * world.instances.count)
    ranges = AskerRanges(world, rowOf)
    let values = world.instances.values
    let all = values.span
    for start in stride(from: 0, to: all.count, by: AddressTableBuilder.rowsAtOnce) {
      let rows = start..<min(start + AddressTableBuilder.rowsAtOnce, all.count)
      for row in rows { fetch(instances[row]) }
      for row in rows { add(all[row], UInt32(row), in: instances[row].network) }
    }
    claimSingles()
  }

  private mutating func fetch(_ instance: InstanceRow) {
    addresses.fetch(instance.address, in: instance.network)
    addresses.fetch(instance.address, in: Network.any.rawValue)
  }

  private mutating func add(_ instance: Instance, _ row: UInt32, in network: UInt32) {
    for pair in instance.addresses { claim(pair.privateAddress, AskerCode(.instance, index: row), in: network) }
    for address in instance.ipv6Addresses { ranges.add(address, network, row) }
  }

  /// The `Requesters` lines of one IPv4 address are meant, whoever has it (world.md 2.3). Of two that contradict each
  /// other none is.
  private mutating func claimSingles() {
    let ambiguous = AskerCode(.ambiguous, isRequester: true).rawValue
    let singles = ranges.singles4()
    var said = AddressTableBuilder(expected: 2 * singles.count)
    for claim in singles {
      let address = UInt32(truncatingIfNeeded: claim.first)
      for network in [claim.network, Network.any.rawValue] {
        let known = said.value(of: address, in: network) ?? claim.code.rawValue
        let value = known == claim.code.rawValue ? known : ambiguous
        said.set(address, in: network, to: value)
        addresses.set(address, in: network, to: value)
      }
    }
  }

  /// An address of an instance, in its own network and in any. Where two hosts have it, they cannot be told apart
  /// (world.md 2.2).
  private mutating func claim(_ address: IPv4Address, _ code: AskerCode, in network: UInt32) {
    addresses.claim(address.rawValue, in: network, for: code.rawValue, shared: AskerCode(.ambiguous).rawValue)
    addresses.claim(
      address.rawValue, in: Network.any.rawValue, for: code.rawValue, shared: AskerCode(.ambiguous).rawValue)
  }
}

extension InstanceRow {
  fileprivate var network: UInt32 { vpc == none ? Network.classic.rawValue : vpc }
}

/// Where a Classic host is that the world does not name: the Region of the Classic instances, the first of several.
func regionOfClassicHosts(_ world: World, _ rowOf: RowNumbers) -> UInt16 {
  let first = rowOf.classicInstances.keys.min() ?? world.vpcs.values.map(\.region).min()
  return first.flatMap { rowOf.region[$0] } ?? 0
}
