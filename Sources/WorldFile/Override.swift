// One override of a what-if (`--set`): one member of one item, as if it had been edited by hand in its world file.

/// `ID:Member.Path=VALUE`, such as `vpc-1a2b3c4d:ClassicLinkDnsSupported=false`.
///
/// - ID is the id of an item of any kind, also as `KIND/ID` with the item's top-level key (`DBInstances/orders`), or
///   `Settings`.
/// - A member of a member follows a dot, an element of a list stands in brackets, counted from 0:
///   `ResourceRecordSets[0].Healthy`.
/// - VALUE is YAML: `false`, `stopped`, `[a, b]`, `{GroupId: sg-1}`; `null` takes the member away.
/// - Short forms: `i-…:ClassicLink=vpc-…` and `=none`; `pcx-…:vpc-…:AllowDnsResolutionFromRemoteVpc=true`, or
///   `Requester.` and `Accepter.` in place of the VPC; `vpc-…:AutodefinedReverse=false`.
public struct Override: Sendable {
  /// As it was written.
  public let text: String
  /// What it is about, `ID:Member.Path`: a later override of the same subject wins.
  public let subject: String

  /// What stands before the last colon of the subject.
  let item: String
  let path: [MemberStep]
  let value: Node

  public init(_ text: String) throws(OverrideSyntaxError) {
    guard let equals = text.firstIndex(of: "=") else { throw OverrideSyntaxError("there is no value", in: text) }
    subject = String(text[..<equals])
    // An ARN and an IPv6 address have colons of their own; a member has none.
    guard let colon = subject.lastIndex(of: ":") else { throw OverrideSyntaxError("there is no member", in: text) }
    item = String(subject[..<colon])
    guard !item.isEmpty else { throw OverrideSyntaxError("there is no id before the member", in: text) }
    guard let path = MemberStep.path(subject[subject.index(after: colon)...]) else {
      throw OverrideSyntaxError("\"\(subject[subject.index(after: colon)...])\" is no member", in: text)
    }
    self.text = text
    self.path = path
    value = try Self.value(String(text[text.index(after: equals)...]), in: text)
  }

  private static func value(_ yaml: String, in text: String) throws(OverrideSyntaxError) -> Node {
    let (roots, error) = YAMLReader.documents(yaml, file: 0)
    if let error { throw OverrideSyntaxError("the value is no YAML: \(error.message)", in: text) }
    guard roots.count <= 1 else { throw OverrideSyntaxError("there is more than one value", in: text) }
    return roots.first ?? Node(value: .null, spot: Spot(file: 0, offset: 0))
  }
}

extension Override: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.text == right.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Why a text is no override.
public struct OverrideSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  public let text: String
  public let reason: String

  init(_ reason: String, in text: String) {
    self.text = text
    self.reason = reason
  }

  public var description: String {
    "\"\(text)\": \(reason); an override is written ID:Member=VALUE, such as "
      + "vpc-1a2b3c4d:ClassicLinkDnsSupported=false"
  }
}

/// One step from an item down to the value that is replaced.
enum MemberStep: Hashable, Sendable {
  case member(String)
  /// From 0.
  case element(Int)

  /// Steps in a path: no item is deeper, and each takes stack.
  private static let most = YAMLReader.deepest

  /// `ResourceRecordSets[0].Healthy`; `nil` for what is not written so.
  static func path(_ text: Substring) -> [MemberStep]? {
    var path: [MemberStep] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let name = pieces.first, !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
      else { return nil }
      path.append(.member(String(name)))
      for index in pieces.dropFirst() {
        guard index.hasSuffix("]"), let number = Int(index.dropLast()), number >= 0 else { return nil }
        path.append(.element(number))
      }
    }
    return path.count <= most ? path : nil
  }

  static func text(_ path: some Sequence<MemberStep>) -> String {
    path.reduce("") { text, step in
      switch step {
      case .member(let name): text.isEmpty ? name : "\(text).\(name)"
      case .element(let index): "\(text)[\(index)]"
      }
    }
  }
}
