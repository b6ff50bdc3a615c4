// One JSON value, flat: its tokens in the order in which they stand. An item that is read once needs no tree, and of
// its texts only those that somebody asks for.

/// A value with its place in the text, and its name when it is a member of a mapping.
struct Token: BitwiseCopyable, Sendable {
  enum Kind: UInt8 { case null, yes, no, number, string, list, mapping }

  var kind: Kind
  /// A string with escapes: its text is not what stands in the file.
  var isEscaped = false
  /// The octets of the name, without its quotation marks; empty for what has none.
  var name = Piece(start: 0, end: 0)
  /// The octets of the value, brackets and quotation marks included.
  var octets: Piece
  /// The number of the token behind this value and all that is in it.
  var next = 0
  /// Of a mapping, bit n: a name has n octets (bit 63: 63 or more). It tells most absent members without a look.
  var nameLengths: UInt64 = 0

  static func lengthBit(_ octets: Int) -> UInt64 { 1 << UInt64(min(octets, 63)) }

  /// Octets of the text.
  struct Piece: BitwiseCopyable, Sendable {
    var start: Int
    var end: Int
    var isEscaped = false
    var count: Int { end - start }
    var range: Range<Int> { start..<end }
  }
}

final class Tape: Sendable {
  let tokens: [Token]
  private let octets: [UInt8]
  private let file: Int

  init(_ tokens: [Token], _ octets: [UInt8], file: Int) {
    self.tokens = tokens
    self.octets = octets
    self.file = file
  }

  /// The tree of the value.
  func node(_ index: Int) -> Node {
    let octets = octets
    return tokens.node(index, octets.span, file: file)
  }

  func spot(_ index: Int) -> Spot { Spot(file: file, offset: tokens[index].octets.start) }

  /// The number of the member's value; `nil` when it is absent or null.
  func member(_ name: String, of mapping: Int) -> Int? {
    let octets = octets
    return tokens.member(name, of: mapping, octets.span)
  }

  /// The members of a mapping that are not known.
  func members(of mapping: Int, besides known: KnownMembers) -> [Node.Member] {
    let octets = octets
    return tokens.members(of: mapping, besides: known, octets.span, file: file)
  }

  /// What `read` makes of the octets of a string; `nil` when this is none, or one that cannot be taken as it stands.
  func readText<T>(_ index: Int, _ read: (Span<UInt8>) -> T?) -> T? {
    let octets = octets
    return tokens.readText(index, octets.span, read)
  }
}

extension [Token] {
  /// The number of the member's value; `nil` when it is absent or null.
  func member(_ name: String, of mapping: Int, _ octets: Span<UInt8>) -> Int? {
    guard self[mapping].nameLengths & Token.lengthBit(name.utf8.count) != 0 else { return nil }
    let wanted = name.utf8Span.span
    var index = mapping + 1
    while index < self[mapping].next {
      let token = self[index]
      let isMeant = token.name.isEscaped ? nameText(token, octets) == name : isEqual(octets, token.name, wanted)
      if isMeant { return token.kind == .null ? nil : index }
      index = token.next
    }
    return nil
  }

  func readText<T>(_ index: Int, _ octets: Span<UInt8>, _ read: (Span<UInt8>) -> T?) -> T? {
    let token = self[index]
    guard token.kind == .string, !token.isEscaped else { return nil }
    return read(octets.extracting((token.octets.start + 1)..<(token.octets.end - 1)))
  }

  /// The tree of the value with this number.
  func node(_ index: Int, _ octets: Span<UInt8>, file: Int) -> Node {
    let token = self[index]
    let value: Node.Value =
      switch token.kind {
      case .null: .null
      case .yes: .boolean(true)
      case .no: .boolean(false)
      case .number: .number(plainText(token.octets, octets))
      case .string: .string(stringText(token, octets))
      case .list: .list(children(of: index).map { node($0, octets, file: file) })
      case .mapping:
        .mapping(
          children(of: index).map { child in
            Node.Member(
              name: nameText(self[child], octets), spot: Spot(file: file, offset: self[child].name.start - 1),
              node: node(child, octets, file: file))
          })
      }
    return Node(value: value, spot: Spot(file: file, offset: token.octets.start))
  }

  /// The elements of a list or the members of a mapping.
  func children(of index: Int) -> [Int] {
    var result: [Int] = []
    var child = index + 1
    while child < self[index].next {
      result.append(child)
      child = self[child].next
    }
    return result
  }
}

func isEqual(_ octets: Span<UInt8>, _ piece: Token.Piece, _ wanted: Span<UInt8>) -> Bool {
  guard piece.count == wanted.count else { return false }
  for index in 0..<wanted.count where octets[piece.start + index] != wanted[index] { return false }
  return true
}

/// The text of a name: the scanner has seen that it is one.
func nameText(_ token: Token, _ octets: Span<UInt8>) -> String {
  token.name.isEscaped ? unescaped(at: token.name.start - 1, octets) : plainText(token.name, octets)
}

private func stringText(_ token: Token, _ octets: Span<UInt8>) -> String {
  if token.isEscaped { return unescaped(at: token.octets.start, octets) }
  return plainText(Token.Piece(start: token.octets.start + 1, end: token.octets.end - 1), octets)
}

private func plainText(_ piece: Token.Piece, _ octets: Span<UInt8>) -> String {
  validText(octets.extracting(piece.range)) ?? ""
}

private func unescaped(at quote: Int, _ octets: Span<UInt8>) -> String {
  var scanner = JSONScanner(octets, file: 0, at: quote)
  return (try? scanner.escapedString()) ?? ""
}

func validText(_ octets: Span<UInt8>) -> String? {
  guard let valid = try? UTF8Span(validating: octets) else { return nil }
  return String(copying: valid)
}
