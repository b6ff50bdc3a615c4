// Compiling the table of askers: sources, networks, and what two networks share (world.md 2).
import Cloud
import DNSWire

struct AskerDraft {
  private(set) var addresses: [AddressTable.Slot] = []
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
    var claims4: [Claim] = []
    var claims6: [Claim] = []
    for instance in world.instances.values {
      guard let index = instanceIndex[instance.id] else { continue }
      let network = instance.vpcID.flatMap { vpcIndex[$0] } ?? Network.classic.rawValue
      for pair in instance.addresses {
        let address = UInt128(pair.privateAddress.rawValue)
        claims4.append(Claim(first: address, last: address, network: network, code: AskerCode(.instance, index: index)))
      }
      for address in instance.ipv6Addresses {
        claims6.append(
          Claim(
            first: address.rawValue, last: address.rawValue, network: network,
            code: AskerCode(.instance, index: index)))
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
          Claim(
            first: block.address.rawValue, last: block.last.rawValue, network: UInt32(index), code: code))
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
    let rows4 = flatten(claims4)
    for row in rows4 {
      if row.first == row.last {
        addresses.append(
          AddressTable.Slot(
            address: UInt32(truncatingIfNeeded: row.first.rawValue), network: row.network, value: row.value))
      } else {
        ranges4.append(row)
      }
    }
    ranges6 = flatten(claims6)
  }

  /// The disjoint rows of each network, and of "any network", sorted.
  private func flatten(_ claims: [Claim]) -> [RangeTable.Row] {
    var scoped = claims.filter { $0.network != Network.any.rawValue }
    // A `Requesters` line about somebody else's place, or the internet, is also seen on the listener of the network
    // whose range it lies in.
    let requesters = claims.filter(\.code.isRequester)
    for range in claims where !range.code.isRequester && range.size > 0 {
      for requester in requesters
      where requester.network != range.network && requester.last >= range.first && requester.first <= range.last {
        var claim = requester
        claim.network = range.network
        scoped.append(claim)
      }
    }
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
