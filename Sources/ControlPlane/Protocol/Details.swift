// Members that change no answer: from a call's parameters into a resource's details, and from there into XML.
import Cloud

/// A parameter that is kept as it is given, and the member of the resource that shows it.
struct KeptParameter: Sendable {
  enum Kind: Sendable {
    /// Of so many octets at most: what one call says may be kept with each of a thousand resources.
    case text(Int)
    case number(ClosedRange<Int>)
    case boolean
    case texts
  }

  var name: String
  var kind: Kind
  var member: String

  static func text(_ name: String, as member: String? = nil, octets: Int = CallLimits.keptOctets) -> Self {
    Self(name, .text(octets), member)
  }
  static let userData = Self.text("UserData", octets: CallLimits.userDataOctets)
  static func boolean(_ name: String, as member: String? = nil) -> Self { Self(name, .boolean, member) }
  static func texts(_ name: String, as member: String? = nil) -> Self { Self(name, .texts, member) }
  static func number(_ name: String, _ range: ClosedRange<Int>, as member: String? = nil) -> Self {
    Self(name, .number(range), member)
  }

  private init(_ name: String, _ kind: Kind, _ member: String?) {
    self.name = name
    self.kind = kind
    self.member = member ?? name
  }
}

extension Parameters {
  /// Puts those of the parameters that are given into the details.
  func keep(_ kept: [KeptParameter], in details: inout Details) throws(AWSError) {
    for one in kept where has(one.name) {
      switch one.kind {
      case .text(let octets): details[one.member] = try text(one.name, octets: octets).map { .text($0) }
      case .number(let range): details[one.member] = try integer(one.name, in: range).map { .number("\($0)") }
      case .boolean: details[one.member] = try boolean(one.name).map { .boolean($0) }
      case .texts:
        let values = try texts(one.name)
        for value in values { try check(one.name, value, octets: CallLimits.keptOctets) }
        details[one.member] = .texts(values)
      }
    }
  }

  /// A value that is kept.
  func text(_ name: String, octets: Int) throws(AWSError) -> String? {
    guard let value = text(name) else { return nil }
    try check(name, value, octets: octets)
    return value
  }

  func check(_ name: String, _ value: String, octets: Int) throws(AWSError) {
    guard value.utf8.count <= octets else {
      throw .invalid(self.name(of: name), "\(value.prefix(20))…", "it has more than \(octets) octets")
    }
  }
}

extension Detail {
  static func number(_ number: Int) -> Detail { .number("\(number)") }
  static func texts(_ texts: [String]) -> Detail { .list(texts.map { .text($0) }) }

  var text: String? {
    switch self {
    case .text(let text), .number(let text): text
    case .boolean, .list, .mapping: nil
    }
  }

  var elements: [Detail] { if case .list(let elements) = self { elements } else { [] } }
  var members: Details { if case .mapping(let members) = self { members } else { [:] } }
}

extension Details {
  func text(_ member: String) -> String? { self[member]?.text }
  func number(_ member: String) -> Int? { text(member).flatMap { Int($0) } }
  func boolean(_ member: String) -> Bool? { if case .boolean(let flag)? = self[member] { flag } else { nil } }
  func texts(_ member: String) -> [String] { self[member]?.elements.compactMap(\.text) ?? [] }
  func mappings(_ member: String) -> [Details] { self[member]?.elements.map(\.members) ?? [] }
}

/// How a service names the elements of its lists, by the name of the list.
struct ElementNames: Sendable {
  private let names: [String: String]

  init(_ names: [String: String]) { self.names = names }

  /// `<member>` in every list.
  static let member = ElementNames([:])

  subscript(list: String) -> String { names[list] ?? "member" }
}

extension XML {
  /// Details as elements, by name. What is in `shown` already is left out, and what is ours alone: the Region.
  static func members(_ details: Details, _ names: ElementNames = .member, besides shown: Set<String> = []) -> [XML] {
    details.sorted { $0.key < $1.key }.compactMap { name, detail in
      name == "Region" || shown.contains(name) ? nil : XML(name, detail, names)
    }
  }

  init(_ name: String, _ detail: Detail, _ names: ElementNames = .member) {
    switch detail {
    case .text(let text), .number(let text): self.init(name, text)
    case .boolean(let flag): self.init(name, flag)
    case .list(let elements): self.init(name, elements.map { XML(names[name], $0, names) })
    case .mapping(let members): self.init(name, Self.members(members, names))
    }
  }
}
