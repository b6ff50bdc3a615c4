// Compiling the ranges that askers are found by: of VPCs and of `Requesters` lines, nested and shared (world.md 2).
import Cloud
import DNSWire

/// An address or a range and who uses it.
struct AskerClaim {
  var first: UInt128
  var last: UInt128
  var network: UInt32
  var code: AskerCode
  var size: UInt128 { last - first }
}

/// What the world says of ranges.
struct AskerRanges {
  private(set) var claims4: [AskerClaim] = []
  private var claims6: [AskerClaim] = []

  init(_ world: World, _ rowOf: RowNumbers) {
    for (id, row) in rowOf.vpc {
      guard let vpc = world.vpcs[id] else { continue }
      let code = AskerCode(.vpcHost, index: row)
      for block in vpc.cidrBlocks { add(.v4(block), row, code) }
      for block in vpc.ipv6CIDRBlocks { add(.v6(block), row, code) }
    }
    for requester in world.requesters {
      switch requester.identity {
      case .instance(let id):
        guard let row = rowOf.instance[id] else { continue }
        let network = world.instances[id]?.vpcID.flatMap { rowOf.vpc[$0] } ?? Network.classic.rawValue
        add(requester.source, network, AskerCode(.instance, index: row, isRequester: true))
      case .vpc(let id):
        guard let row = rowOf.vpc[id] else { continue }
        add(requester.source, row, AskerCode(.vpcHost, index: row, isRequester: true))
      case .classic(let region):
        let number = UInt32(rowOf.region[region] ?? 0)
        add(requester.source, Network.classic.rawValue, AskerCode(.classicHost, index: number, isRequester: true))
      case .internet:
        add(requester.source, Network.any.rawValue, AskerCode(.internet, isRequester: true))
      }
    }
  }

  private mutating func add(_ source: Requester.Source, _ network: UInt32, _ code: AskerCode) {
    switch source {
    case .v4(let block):
      claims4.append(
        AskerClaim(
          first: UInt128(block.address.rawValue), last: UInt128(block.last.rawValue), network: network, code: code))
    case .v6(let block):
      claims6.append(
        AskerClaim(first: block.address.rawValue, last: block.last.rawValue, network: network, code: code))
    }
  }

  /// An IPv6 address of an instance.
  mutating func add(_ address: IPv6Address, _ network: UInt32, _ row: UInt32) {
    claims6.append(
      AskerClaim(
        first: address.rawValue, last: address.rawValue, network: network, code: AskerCode(.instance, index: row)))
  }

  /// Single addresses are not among them: they are found before any range.
  func table4() -> RangeTable { RangeTable(flatten(claims4.filter { $0.size > 0 })) }

  func table6() -> RangeTable { RangeTable(flatten(claims6)) }

  /// The `Requesters` lines of one IPv4 address, once for their own network and once for each whose range they lie in.
  func singles4() -> [AskerClaim] {
    let singles = claims4.filter { $0.size == 0 }
    return singles + seen(singles, in: claims4)
  }

  /// The disjoint rows of each network, and of "any network", sorted.
  private func flatten(_ claims: [AskerClaim]) -> [RangeTable.Row] {
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

  /// A `Requesters` line about somebody else's place, or the internet, is also seen on the listener of the network
  /// whose range it lies in.
  private func seen(_ requesters: [AskerClaim], in claims: [AskerClaim]) -> [AskerClaim] {
    let index = RequesterIndex(requesters.filter(\.code.isRequester))
    var result: [AskerClaim] = []
    for range in claims where !range.code.isRequester && range.size > 0 {
      for requester in index.overlapping(range) where requester.network != range.network {
        var claim = requester
        claim.network = range.network
        result.append(claim)
      }
    }
    return result
  }

  /// The `Requesters` lines by their ranges: a world has as many of them as VPCs, and comparing each with each VPC
  /// would take longer than all the rest.
  private struct RequesterIndex {
    private struct Block: Hashable {
      var first: UInt128
      var last: UInt128
    }
    private let sorted: [AskerClaim]
    private var byBlock: [Block: [AskerClaim]] = [:]
    private let sizes: Set<UInt128>

    init(_ claims: [AskerClaim]) {
      sorted = claims.sorted { $0.first < $1.first }
      sizes = Set(claims.map(\.size))
      for claim in claims { byBlock[Block(first: claim.first, last: claim.last), default: []].append(claim) }
    }

    /// CIDR ranges never overlap in part: those that begin inside of `range`, and those that hold the whole of it.
    func overlapping(_ range: AskerClaim) -> [AskerClaim] {
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle].first < range.first { low = middle + 1 } else { high = middle }
      }
      var found: [AskerClaim] = []
      for size in sizes where size > range.size {
        let first = range.first & ~size
        if first < range.first { found += byBlock[Block(first: first, last: first + size)] ?? [] }
      }
      return found + sorted[low...].prefix { $0.first <= range.last }
    }
  }

  /// A range whose end is not reached yet.
  private struct OpenRange {
    var first: UInt128
    var last: UInt128
    var value: UInt32
    var isRequester: Bool
    var range: NetworkRange
  }

  /// Whose range a place lies in, whatever `Requesters` lines say of it.
  private enum NetworkRange: Equatable {
    case none
    case of(UInt32)
    case ofSeveral

    mutating func add(_ network: UInt32) { self = self == .none || self == .of(network) ? .of(network) : .ofSeveral }
  }

  /// Nested ranges become disjoint ones in which the longest prefix wins. CIDR ranges never overlap in part.
  private func flattenSorted(_ claims: [AskerClaim], original: [UInt32], ambiguous: UInt32) -> [RangeTable.Row] {
    // Outer ranges first; of equal ones a `Requesters` line last, because the last one wins.
    let order = claims.indices.sorted { left, right in
      let (one, other) = (claims[left], claims[right])
      if one.network != other.network { return one.network < other.network }
      if one.first != other.first { return one.first < other.first }
      if one.last != other.last { return one.last > other.last }
      return !one.code.isRequester && other.code.isRequester
    }
    var rows: [RangeTable.Row] = []
    var open: [OpenRange] = []
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
      var range = open.last?.range ?? .none
      if let outer = open.last {
        let isEqual = outer.first == claim.first && outer.last == claim.last
        // EC2-Classic is one network here and one a Region in the world: its hosts can be equal too.
        let isPeerOfOuter = outer.isRequester == claim.code.isRequester
        if isPeerOfOuter, isEqual && outer.value != claim.code.rawValue { value = ambiguous }
        if claim.first > position { emit(to: claim.first - 1) }
        if isEqual { open.removeLast() }
      }
      // Two networks that have one range, or one range inside the other's, cannot be told apart (world.md 2.3); a
      // `Requesters` line between the two is wider than the inner one, and says nothing of it (world.md 2.2).
      if !claim.code.isRequester, claim.size > 0 {
        range.add(original[index])
        if range == .ofSeveral { value = ambiguous }
      }
      position = claim.first
      open.append(
        OpenRange(
          first: claim.first, last: claim.last, value: value, isRequester: claim.code.isRequester, range: range))
    }
    close(before: nil)
    return rows
  }
}
