// Small texts that many items share, on their way out: the counterpart of Vocabulary.swift.
import Cloud
import DNSWire

extension Detail {
  static func mapping(_ members: KeyValuePairs<String, Detail?>) -> Detail {
    .mapping(members.reduce(into: [:]) { $0[$1.key] = $1.value })
  }

  /// `nil` when no member has a value.
  static func mappingUnlessEmpty(_ members: KeyValuePairs<String, Detail?>) -> Detail? {
    members.allSatisfy { $0.value == nil } ? nil : mapping(members)
  }

  static func text(_ value: (some CustomStringConvertible)?) -> Detail? { value.map { .text($0.description) } }

  /// A name as EC2 and its like print it, without a final dot.
  static func host(_ name: Name?) -> Detail? { name.map { .text(String($0.description.dropLast())) } }

  static func number(_ value: (some BinaryInteger)?) -> Detail? { value.map { .number(String($0)) } }

  /// `[{member: id}]`
  static func groups(_ ids: [ID<SecurityGroup>], id member: String = "GroupId") -> [Detail] {
    ids.map { .mapping([member: .text($0.rawValue)]) }
  }
}

extension WrittenItem {
  mutating func add(tags: [Tag], _ name: String = "Tags") {
    add(name, tags.map { .mapping(["Key": .text($0.key), "Value": .text($0.value)]) })
  }

  /// The Region, unless the item implies it: by an ARN, a zone, or its VPC, which is always in the same one.
  mutating func add(region: Region, impliedBy implied: Region?..., isInVPC: Bool = false) {
    if let first = implied.lazy.compactMap(\.self).first {
      if first != region { add("Region", region.code) }
    } else if !isInVPC, region != .usEast1 {
      add("Region", region.code)
    }
  }

  mutating func add(ownerID: String) {
    if ownerID != WorldFile.defaultAccountID { add("OwnerId", ownerID) }
  }
}

extension Details {
  func text(_ name: String) -> String? { if case .text(let text)? = self[name] { text } else { nil } }
}

/// Route 53 escapes an octet by three octal digits (semantics 3.3), presentation text by three decimal ones.
func octalEscapes(_ text: String) -> String {
  guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
  let octets = Array(text.utf8)
  var result: [UInt8] = []
  var index = 0
  while index < octets.count {
    guard octets[index] == UInt8(ascii: "\\"), index + 1 < octets.count else {
      result.append(octets[index])
      index += 1
      continue
    }
    let digits = octets[(index + 1)...].prefix(3)
    if digits.count == 3, let octet = UInt8(String(decoding: digits, as: UTF8.self)) {
      let text = String(octet, radix: 8)
      result += "\\\(String(repeating: "0", count: 3 - text.count))\(text)".utf8
      index += 4
    } else {
      result += octets[index...(index + 1)]
      index += 2
    }
  }
  return String(decoding: result, as: UTF8.self)
}
