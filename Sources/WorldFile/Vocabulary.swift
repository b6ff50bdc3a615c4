// Small texts that many items share: addresses, ranges, tags, Regions, escapes.
import Cloud
import DNSWire

extension Members {
  func ipv4(_ name: String) -> IPv4Address? {
    readText(name) { IPv4Address($0) } ?? parsed(name, "an IPv4 address") { IPv4Address($0) }
  }
  func ipv6(_ name: String) -> IPv6Address? { parsed(name, "an IPv6 address") { IPv6Address($0) } }

  func cidrBlock(_ name: String) -> CIDRBlock? {
    parsed(name, "an IPv4 range such as 10.0.0.0/16, without bits after the prefix") { CIDRBlock($0) }
  }

  func ipv6CIDRBlock(_ name: String) -> IPv6CIDRBlock? {
    parsed(name, "an IPv6 range such as 2001:db8::/56, without bits after the prefix") { IPv6CIDRBlock($0) }
  }

  func id<T>(_ name: String, as type: T.Type = T.self) -> ID<T>? {
    readText(name) { $0.isEmpty ? nil : ID(validating: $0) } ?? text(name).map { ID($0) }
  }

  /// One of the raw values of an enumeration.
  func choice<T: RawRepresentable & Equatable>(_ name: String, among values: [T]) -> T? where T.RawValue == String {
    parsed(name, "one of " + values.map(\.rawValue).joined(separator: ", ")) { text in
      values.first { $0.rawValue == text }
    }
  }

  /// `[{Key, Value}]`, sorted by key.
  func tags(_ name: String = "Tags") -> [Tag] {
    list(name).compactMap { tag in
      tag.required("Key", tag.looseText("Key")).map { Tag(key: $0, value: tag.looseText("Value") ?? "") }
    }.sorted { ($0.key, $0.value) < ($1.key, $1.value) }
  }

  /// The ids in `[{GroupId}]`, sorted. RDS and Redshift call the id `VpcSecurityGroupId`, ElastiCache
  /// `SecurityGroupId`.
  func groups(_ name: String, id member: String = "GroupId") -> [ID<SecurityGroup>] {
    list(name).compactMap { $0.required(member, $0.id(member)) }.sorted()
  }

  /// The value of `Address` in a mapping, such as an endpoint.
  func endpointAddress(_ name: String) -> Name? { members(name)?.domainName("Address") }

  /// The value of `Port` in such a mapping.
  func endpointPort(_ name: String) -> Int? { members(name)?.servicePort("Port") }

  /// A TCP port; `nil` for 0, which stands for a port that is not known yet.
  func servicePort(_ name: String) -> Int? {
    integer(name, in: 0...Int(UInt16.max)).flatMap { $0 == 0 ? nil : $0 }
  }
}

extension Region {
  /// The Region of an Availability Zone or of a local zone: letters, then the first part that begins with a number.
  init?(availabilityZone zone: String) {
    var code: [Substring] = []
    for part in zone.split(separator: "-", omittingEmptySubsequences: false) {
      let digits = part.prefix { ("0"..."9").contains($0) }
      if digits.isEmpty {
        code.append(part)
      } else {
        guard code.count >= 2 else { return nil }
        self.init((code + [digits]).joined(separator: "-"))
        return
      }
    }
    return nil
  }

  /// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`
  init?(arn: String) {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", !parts[3].isEmpty else { return nil }
    self.init(String(parts[3]))
  }
}

/// A source as a range: an address is a range of one.
func requesterSource(_ text: String) -> Requester.Source? {
  switch IPAddress(text) {
  case .v4(let address): return CIDRBlock(address: address, prefixLength: 32).map { .v4($0) }
  case .v6(let address): return IPv6CIDRBlock(address: address, prefixLength: 128).map { .v6($0) }
  case nil: return CIDRBlock(text).map { .v4($0) } ?? IPv6CIDRBlock(text).map { .v6($0) }
  }
}

/// The id under which a requester is known here: its source and who it is.
func requesterKey(_ source: Requester.Source, _ identity: String) -> String {
  switch source {
  case .v4(let range): "\(range) \(identity)"
  case .v6(let range): "\(range) \(identity)"
  }
}

/// Route 53 escapes an octet by three octal digits (semantics 3.3), a master file by three decimal ones.
public func decimalEscapes(_ text: String) -> String {
  var isOctal = true
  return decimalEscapes(text, &isOctal)
}

/// The same, but `nil` when what follows a `\` begins with a digit and is no octet in octal.
public func octalEscapesAsDecimal(_ text: String) -> String? {
  var isOctal = true
  let result = decimalEscapes(text, &isOctal)
  return isOctal ? result : nil
}

private func decimalEscapes(_ text: String, _ isOctal: inout Bool) -> String {
  guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
  let octets = Array(text.utf8)
  var result: [UInt8] = []
  var index = 0
  while index < octets.count {
    let digits = octets[(index + 1)...].prefix(3)
    if octets[index] == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }),
      let octet = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
    {
      let text = String(octet)
      result += "\\\(String(repeating: "0", count: 3 - text.count))\(text)".utf8
      index += 4
    } else if octets[index] == UInt8(ascii: "\\"), index + 1 < octets.count {
      if (0x30...0x39).contains(octets[index + 1]) { isOctal = false }
      result += octets[index...(index + 1)]
      index += 2
    } else {
      result.append(octets[index])
      index += 1
    }
  }
  return String(decoding: result, as: UTF8.self)
}
