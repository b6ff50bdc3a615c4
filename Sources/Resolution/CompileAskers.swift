// Compiling the table of askers: sources, networks, and what two networks share (world.md 2).
import Cloud
import DNSWire

struct AskerDraft: ~Copyable {
  /// Single addresses, of IPv4: they go before every range.
  private(set) var addresses: AddressTableBuilder
  private(set) var ranges4: [RangeTable.Row] = []
  private(set) var ranges6: [RangeTable.Row] = []
  private(set) var classicRegion: UInt16 = 0

  /// An address or a range and who uses it.
  private struct Claim {
    var first: UInt128
    var last: UInt128
    var network: UInt32
    var code: AskerCode
    var size: UInt128 { last - first }
  }

  init(
    _ world: World, vpcIDs: [ID<VPC>], vpcIndex: [ID<VPC>: UInt32], instanceIndex: [ID<Instance>: UInt32],
    regionIndex: [Region: UInt16]
  ) {
    // Each address is found in its own network and in any.
    addresses = AddressTableBuilder(expected: 2 * world.instances.count)
    var claims4: [Claim] = []
    var claims6: [Claim] = []
    var index: UInt32 = 0
    for instance in world.instances.values {
      let network = instance.vpcID.flatMap { vpcIndex[$0] } ?? Network.classic.rawValue
      let code = AskerCode(.instance, index: index)
      index += 1
      for pair in instance.addresses { claim(pair.privateAddress, code, in: network) }
      for address in instance.ipv6Addresses {
        claims6.append(Claim(first: address.rawValue, last: address.rawValue, network: network, code: code))
      }
    }
    for (index, id) in vpcIDs.enumerated() {
      guard let vpc = world.vpcs[id] else { continue }
      let code = AskerCode(.vpcHost, index: UInt32(index))
      for block in vpc.cidrBlocks {
        claims4.append(
          Claim(
            first: UInt128(block.address.rawValue), last: UInt128(block.last.rawValue), network: UInt32(index),
            code: code))
      }
      for block in vpc.ipv6CIDRBlocks {
        claims6.append(
          Claim(first: block.address.rawValue, last: block.last.rawValue, network: UInt32(index), code: code))
      }
    }
    for requester in world.requesters {
      let code: AskerCode
      let network: UInt32
      switch requester.identity {
      case .instance(let id):
        guard let index = instanceIndex[id] else { continue }
        code = AskerCode(.instance, index: index, isRequester: true)
        network = world.instances[id]?.vpcID.flatMap { vpcIndex[$0] } ?? Network.classic.rawValue
      case .vpc(let id):
        guard let index = vpcIndex[id] else { continue }
        code = AskerCode(.vpcHost, index: index, isRequester: true)
        network = index
      case .classic(let region):
        code = AskerCode(.classicHost, index: UInt32(regionIndex[region] ?? 0), isRequester: true)
        network = Network.classic.rawValue
      case .internet:
        code = AskerCode(.internet, isRequester: true)
        network = Network.any.rawValue
      }
      switch requester.source {
      case .v4(let block):
        claims4.append(
          Claim(
            first: UInt128(block.address.rawValue), last: UInt128(block.last.rawValue), network: network, code: code))
      case .v6(let block):
        claims6.append(Claim(first: block.address.rawValue, last: block.last.rawValue, network: network, code: code))
      }
    }
    classicRegion = regionOfClassicHosts(world, regionIndex)
    claimSingles(of: claims4)
    ranges4 = flatten(claims4.filter { $0.size > 0 })
    ranges6 = flatten(claims6)
  }

  /// The `Requesters` lines of one IPv4 address are meant, whoever has it (world.md 2.3): in their own network, in any,
  /// and in those whose range it lies in. Of two that contradict each other none is.
  private mutating func claimSingles(of claims: [Claim]) {
    let singles = claims.filter { $0.size == 0 }
    let ambiguous = AskerCode(.ambiguous).rawValue
    var said = AddressTableBuilder(expected: 2 * singles.count)
    for claim in singles + seen(singles, in: claims) {
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
    for network in [network, Network.any.rawValue] {
      let known = addresses.value(of: address.rawValue, in: network) ?? code.rawValue
      let value = known == code.rawValue ? known : AskerCode(.ambiguous).rawValue
      addresses.set(address.rawValue, in: network, to: value)
    }
  }

  /// The disjoint rows of each network, and of "any network", sorted.
  private func flatten(_ claims: [Claim]) -> [RangeTable.Row] {
    let scoped = claims.filter { $0.network != Network.any.rawValue } + seen(claims, in: claims)
    let everywhere = claims.map { claim in
      var claim = claim
      claim.network = Network.any.rawValue
      return claim
    }
    let ambiguous = AskerCode(.ambiguous).rawValue
    var rows = flattenSorted(scoped, original: scoped.map(\.network), ambiguous: ambiguous)
    rows += flattenSorted(everywhere, original: claims.map(\.network), ambiguous: ambiguous)
    return rows.sorted { ($0.network, $0.first) < ($1.network, $1.first) }
  }

  /// A `Requesters` line about somebody else's place, or the internet, is also seen on the listener of the network whose
  /// range it lies in.
  private func seen(_ requesters: [Claim], in claims: [Claim]) -> [Claim] {
    let index = RequesterIndex(requesters.filter(\.code.isRequester))
    var result: [Claim] = []
    for range in claims where !range.code.isRequester && range.size > 0 {
      for requester in index.overlapping(range) where requester.network != range.network {
        var claim = requester
        claim.network = range.network
        result.append(claim)
      }
    }
    return result
  }

  /// The `Requesters` lines by their ranges: a world has as many of them as VPCs, and comparing each with each VPC would
  /// take longer than all the rest.
  private struct RequesterIndex {
    private struct Block: Hashable {
      var first: UInt128
      var last: UInt128
    }
    private let sorted: [Claim]
    private var byBlock: [Block: [Claim]] = [:]
    private let sizes: Set<UInt128>

    init(_ claims: [Claim]) {
      sorted = claims.sorted { $0.first < $1.first }
      sizes = Set(claims.map(\.size))
      for claim in claims { byBlock[Block(first: claim.first, last: claim.last), default: []].append(claim) }
    }

    /// CIDR ranges never overlap in part: those that begin inside of `range`, and those that hold the whole of it.
    func overlapping(_ range: Claim) -> [Claim] {
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle].first < range.first { low = middle + 1 } else { high = middle }
      }
      var found: [Claim] = []
      for size in sizes where size > range.size {
        let first = range.first & ~size
        if first < range.first { found += byBlock[Block(first: first, last: first + size)] ?? [] }
      }
      return found + sorted[low...].prefix { $0.first <= range.last }
    }
  }

  /// Nested ranges become disjoint ones in which the longest prefix wins. CIDR ranges never overlap in part.
  private func flattenSorted(_ claims: [Claim], original: [UInt32], ambiguous: UInt32) -> [RangeTable.Row] {
    // Outer ranges first; of equal ones a `Requesters` line last, because the last one wins.
    let order = claims.indices.sorted { left, right in
      let (one, other) = (claims[left], claims[right])
      if one.network != other.network { return one.network < other.network }
      if one.first != other.first { return one.first < other.first }
      if one.last != other.last { return one.last > other.last }
      return !one.code.isRequester && other.code.isRequester
    }
    var rows: [RangeTable.Row] = []
    var open: [(last: UInt128, value: UInt32, isRequester: Bool, place: UInt32, first: UInt128)] = []
    var position: UInt128 = 0
    var network: UInt32?
    func emit(to last: UInt128) {
      guard let top = open.last, let network, position <= last else { return }
      rows.append(
        RangeTable.Row(
          network: network, value: top.value, first: IPv6Address(rawValue: position),
          last: IPv6Address(rawValue: last)))
    }
    func close(before start: UInt128?) {
      while let top = open.last, start.map({ top.last < $0 }) ?? true {
        emit(to: top.last)
        position = top.last == .max ? .max : top.last + 1
        open.removeLast()
      }
    }
    for index in order {
      let claim = claims[index]
      if network != claim.network {
        close(before: nil)
        network = claim.network
        position = 0
      }
      close(before: claim.first)
      var value = claim.code.rawValue
      if let outer = open.last {
        let isEqual = outer.first == claim.first && outer.last == claim.last
        let isOtherPlace = outer.place != original[index]
        // Two networks that have one address, one range, or one range inside the other's, cannot be told apart;
        // what a `Requesters` line says is meant (world.md 2.2, 2.3).
        let isPeerOfOuter = outer.isRequester == claim.code.isRequester
        let isRangeInRange = !outer.isRequester && !claim.code.isRequester && claim.size > 0
        // EC2-Classic is one network here and one a Region in the world: its hosts can be equal too.
        if isPeerOfOuter, isEqual && outer.value != claim.code.rawValue { value = ambiguous }
        if isOtherPlace, isPeerOfOuter, isRangeInRange { value = ambiguous }
        if claim.first > position { emit(to: claim.first - 1) }
        if isEqual { open.removeLast() }
      }
      position = claim.first
      open.append((claim.last, value, claim.code.isRequester, original[index], claim.first))
    }
    close(before: nil)
    return rows
  }
}

/// Where a Classic host is that the world does not name: the Region of the Classic instances, the first of several.
private func regionOfClassicHosts(_ world: World, _ regionIndex: [Region: UInt16]) -> UInt16 {
  let regions = Set(world.instances.values.lazy.filter(\.isClassic).map(\.region))
  let first = regions.min() ?? world.vpcs.values.map(\.region).min()
  return first.flatMap { regionIndex[$0] } ?? 0
}
