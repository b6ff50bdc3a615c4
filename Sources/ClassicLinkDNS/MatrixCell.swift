// One cell of the matrix: an explanation read back, in the words of a table.
import Cloud
import DNSWire
import Resolution
import ZoneFile

struct MatrixCell: Sendable {
  enum Visibility: String, Sendable {
    case `private`
    case `public`
  }

  /// What the last name of the chain has.
  struct Value: Hashable, Sendable {
    /// An address, or the data of another record as dig prints it.
    var text: String
    /// `nil` for what is no address.
    var visibility: Visibility?
  }

  /// What stands where there is no value.
  enum Kind: String, Sendable {
    case answer
    case noData = "NODATA"
    case nxDomain = "NXDOMAIN"
    case refused = "REFUSED"
    case servFail = "SERVFAIL"
    /// No answer is sent.
    case silence
    /// A chain that ends before it comes to a value.
    case unfinished
    /// A response code that no question with one name and one type should get.
    case other
  }

  var kind: Kind
  /// Sorted; none unless `kind` is `answer`.
  var values: [Value]
  /// As dig prints it; `nil` for silence.
  var code: String?
  /// What the server says of a refusal or of a chain without an end.
  var error: String?
  var rule: String?
  var citations: [String]
  var reason: String

  init(_ explanation: Explanation, _ ranges: PrivateRanges) {
    let type = explanation.type
    values = explanation.answer.filter { $0.type == type }.map { ranges.value(of: $0) }
    code = explanation.code?.description
    error = explanation.error?.text
    kind = Self.kind(explanation, hasValue: !values.isEmpty)
    rule = explanation.hops.last.map { "\($0.rule)" }
    citations = explanation.allCitations
    // Without a hop nothing was looked up: the decision is about the asker.
    reason = explanation.hops.last?.reason ?? error ?? ""
    values.sort { ($0.text.count, $0.text) < ($1.text.count, $1.text) }
  }

  private static func kind(_ explanation: Explanation, hasValue: Bool) -> Kind {
    guard let code = explanation.code else { return .silence }
    switch code {
    case .noError where hasValue: return .answer
    case .noError: return explanation.error == nil ? .noData : .unfinished
    case .nxDomain: return .nxDomain
    case .refused: return .refused
    case .servFail: return .servFail
    default: return .other
    }
  }

  /// What a cell shows: where this is equal, two answers look the same.
  struct Look: Hashable {
    var kind: Kind
    var code: String?
    var values: [Value]
  }

  var look: Look { Look(kind: kind, code: code, values: values) }

  /// What stands in place of an address.
  var word: String { kind == .other ? code ?? "" : kind.rawValue }
}

/// Which addresses are private ones: those of RFC 1918, and those in a range of some VPC. Private addresses of
/// instances and services lie in one of the two, or the world would have been refused.
struct PrivateRanges: Sendable {
  /// Disjoint, by their first address.
  private var ranges: [ClosedRange<IPv4Address>] = []

  init(_ world: World) {
    let blocks = CIDRBlock.rfc1918 + world.vpcs.values.flatMap(\.cidrBlocks)
    for block in blocks.sorted() {
      // CIDR blocks never overlap in part: this one lies in the one before, or behind it.
      if let last = ranges.last, last.contains(block.address) { continue }
      ranges.append(block.address...block.last)
    }
  }

  func contains(_ address: IPv4Address) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < address { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(address)
  }

  fileprivate func value(of record: Record) -> MatrixCell.Value {
    let text = ZoneFile.presentation(type: record.type, data: record.data) ?? ""
    switch record.type {
    case .a:
      return MatrixCell.Value(text: text, visibility: IPv4Address(text).map { contains($0) ? .private : .public })
    // Every IPv6 address of a VPC is a public one, but for unique local addresses (RFC 4193 3.1).
    case .aaaa: return MatrixCell.Value(text: text, visibility: record.data[0] & 0xfe == 0xfc ? .private : .public)
    default: return MatrixCell.Value(text: text, visibility: nil)
    }
  }
}
