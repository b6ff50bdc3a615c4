// One rule of a security group: what a permission says of one peer (semantics 6.1). AWS adds, refuses and names them
// one by one, and shows them by permissions.
import Cloud

struct SecurityGroupRule: Hashable, Sendable {
  enum Peer: Hashable, Sendable {
    case ipv4(CIDRBlock)
    case ipv6(IPv6CIDRBlock)
    case prefixList(String)
    case group(ID<SecurityGroup>)

    var isIPv6: Bool { if case .ipv6 = self { true } else { false } }

    var text: String {
      switch self {
      case .ipv4(let range): range.description
      case .ipv6(let range): range.description
      case .prefixList(let id): id
      case .group(let id): id.rawValue
      }
    }
  }

  /// As AWS prints it: `-1`, `tcp`, `udp`, `icmp`, `icmpv6` or another number.
  var ipProtocol: String
  var fromPort: Int?
  var toPort: Int?
  var peer: Peer
  /// Two rules that differ in nothing else are one rule.
  var peerDescription: String?

  static func == (left: Self, right: Self) -> Bool {
    left.ipProtocol == right.ipProtocol && left.fromPort == right.fromPort && left.toPort == right.toPort
      && left.peer == right.peer
  }
  func hash(into hasher: inout Hasher) {
    hasher.combine(ipProtocol)
    hasher.combine(fromPort)
    hasher.combine(toPort)
    hasher.combine(peer)
  }

  /// AWS's words in its refusals.
  var words: String {
    let ports = fromPort.map { ", from port: \($0), to port: \(toPort ?? $0)" } ?? ""
    return "\"peer: \(peer.text), \(ipProtocol == "-1" ? "ALL" : ipProtocol.uppercased())\(ports), ALLOW\""
  }

  /// Follows from the rule, which a group has once.
  func id(of group: ID<SecurityGroup>, isEgress: Bool) -> String {
    derivedID("sgr", [group.rawValue, isEgress ? "egress" : "ingress", words])
  }
}

extension [SecurityGroup.Permission] {
  var rules: [SecurityGroupRule] {
    flatMap { permission in
      let peers: [SecurityGroupRule.Peer] =
        permission.ipRanges.map { .ipv4($0) } + permission.ipv6Ranges.map { .ipv6($0) }
        + permission.prefixListIDs.map { .prefixList($0) } + permission.groupIDs.map { .group($0) }
      return peers.map {
        SecurityGroupRule(
          ipProtocol: permission.ipProtocol, fromPort: permission.fromPort, toPort: permission.toPort, peer: $0,
          peerDescription: permission.descriptions[$0.text])
      }
    }
  }

  /// Rules of one protocol and one range of ports are one permission.
  init(_ rules: [SecurityGroupRule]) {
    self = []
    for rule in rules {
      let known = firstIndex {
        $0.ipProtocol == rule.ipProtocol && $0.fromPort == rule.fromPort && $0.toPort == rule.toPort
      }
      let index = known ?? endIndex
      if known == nil {
        var permission = SecurityGroup.Permission(ipProtocol: rule.ipProtocol)
        (permission.fromPort, permission.toPort) = (rule.fromPort, rule.toPort)
        append(permission)
      }
      switch rule.peer {
      case .ipv4(let range): self[index].ipRanges.append(range)
      case .ipv6(let range): self[index].ipv6Ranges.append(range)
      case .prefixList(let id): self[index].prefixListIDs.append(id)
      case .group(let id): self[index].groupIDs = (self[index].groupIDs + [id]).sorted()
      }
      self[index].descriptions[rule.peer.text] = rule.peerDescription
    }
  }
}

extension SecurityGroupRule {
  /// The protocols that have names.
  private static let names = ["1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "all": "-1"]

  /// A protocol and its ports, checked and as AWS prints them.
  init(_ parameters: Parameters, isClassic: Bool) throws(AWSError) {
    let given = try parameters.required("IpProtocol").lowercased()
    ipProtocol = Self.names[given] ?? given
    fromPort = try parameters.integer("FromPort", in: -1...Int(UInt16.max))
    toPort = try parameters.integer("ToPort", in: -1...Int(UInt16.max))
    peer = .ipv4(.everywhere)
    guard ["-1", "icmp", "tcp", "udp", "icmpv6"].contains(ipProtocol) || UInt8(ipProtocol) != nil else {
      throw .invalid("IpProtocol", given, "there is no such protocol")
    }
    guard !isClassic || ["icmp", "tcp", "udp"].contains(ipProtocol) else {
      throw .invalid("IpProtocol", given, "EC2-Classic has tcp, udp and icmp; other protocols need a VPC")
    }
    switch ipProtocol {
    case "tcp", "udp":
      guard let from = fromPort, let to = toPort, from >= 0 else {
        throw .invalid("portRange", "\(fromPort ?? -1)", "TCP and UDP need both FromPort and ToPort")
      }
      guard from <= to else {
        throw .invalid("portRange", "\(from):\(to)", "FromPort is greater than ToPort")
      }
    case "icmp", "icmpv6":
      guard let type = fromPort, let code = toPort, type <= 255, code <= 255, type >= 0 || code < 0 else {
        throw .invalid("portRange", "\(fromPort ?? -1):\(toPort ?? -1)", "ICMP needs a type and a code, -1 for all")
      }
    default: (fromPort, toPort) = (nil, nil)  // Every port, whatever is given (AWS).
    }
  }
}
