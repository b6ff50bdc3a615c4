// Facts of a world that several traps look at, and the way that they list things.
import Cloud
import DNSWire

/// Things that a message names before it says how many more there are: more than three, nobody reads.
let mostExamples = 3

/// `a`, `a and b`, `a, b, c and 4 more`.
func list(_ things: some Collection<some CustomStringConvertible>) -> String {
  let shown = things.prefix(mostExamples).map(\.description)
  let more = things.count - shown.count
  if more > 0 { return shown.joined(separator: ", ") + " and \(more) more" }
  guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
  return shown.dropLast().joined(separator: ", ") + " and " + last
}

extension World {
  /// By id, so that findings come in one order. A world has thousands, of which a trap looks at few.
  func vpcs(where isMeant: (VPC) -> Bool) -> [VPC] { vpcs.values.filter(isMeant).sorted { $0.id < $1.id } }
  func zones(where isMeant: (HostedZone) -> Bool) -> [HostedZone] {
    hostedZones.values.filter(isMeant).sorted { $0.id < $1.id }
  }

  /// The linked instances of each VPC, by id.
  func linkedInstances() -> [ID<VPC>: [ID<Instance>]] {
    Dictionary(grouping: classicLinks.values, by: \.vpcID).mapValues { links in links.map(\.instanceID).sorted() }
  }
}

extension VPC {
  /// Private hostnames, private zones and ClassicLink DNS support need both (semantics 2.2, S75).
  var hasBothAttributes: Bool { missingAttributes.isEmpty }

  /// The DNS attributes that are off, as AWS writes them.
  var missingAttributes: [String] {
    (enableDnsSupport ? [] : ["EnableDnsSupport"]) + (enableDnsHostnames ? [] : ["EnableDnsHostnames"])
  }

  /// ClassicLink DNS support, and everything that it needs (S75).
  var hasClassicLinkDNS: Bool { classicLinkEnabled && classicLinkDnsSupported && hasBothAttributes }
}

extension Requester.Source {
  /// An address, or a range in CIDR notation.
  var text: String {
    switch self {
    case .v4(let range): range.prefixLength == 32 ? "\(range.address)" : "\(range)"
    case .v6(let range): range.prefixLength == 128 ? "\(range.address)" : "\(range)"
    }
  }
}

extension ResourceRecordSet {
  /// The names that the records, or the alias, lead to; none for types that hold no name to follow.
  var targets: [Name] {
    switch content {
    case .alias(let name): [name]
    case .records(let values):
      switch type {
      case .cname, .dname, .ns: values.compactMap { Name(wire: $0) }
      case .mx: values.compactMap { Name(wire: $0.dropFirst(2)) }  // RFC 1035 3.3.9: a preference, then the name
      case .srv: values.compactMap { Name(wire: $0.dropFirst(6)) }  // RFC 2782: priority, weight, port
      default: []
      }
    }
  }

  /// The addresses of A records.
  var addresses: [IPv4Address] {
    guard type == .a, case .records(let values) = content else { return [] }
    return values.filter { $0.count == 4 }.map { IPv4Address($0[0], $0[1], $0[2], $0[3]) }
  }
}
