// A value of a filter: `*` stands for any text, `?` for one character, `\\` before either for itself.

/// Read once, and held against many texts. Characters are Unicode's scalars: texts that AWS tells apart are apart.
struct Pattern: Sendable {
  private enum Token: Equatable {
    case any
    case one
    case just(Unicode.Scalar)
  }

  private let tokens: [Token]
  /// Characters of the shortest text that fits.
  private let least: Int
  /// Whether it stands for more than one text.
  let isWild: Bool

  init(_ text: String) {
    var tokens: [Token] = []
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      switch scalar {
      case "*": if tokens.last != .any { tokens.append(.any) }
      case "?": tokens.append(.one)
      case "\\": tokens.append(.just(scalars.next() ?? "\\"))
      default: tokens.append(.just(scalar))
      }
    }
    self.tokens = tokens
    least = tokens.count { $0 != .any }
    isWild = tokens.contains { $0 == .any || $0 == .one }
  }

  func fits(_ text: [Unicode.Scalar]) -> Bool {
    guard text.count >= least else { return false }
    // Backwards only to the last `*`: no pattern takes more than the product of the lengths.
    var place = 0
    var token = 0
    var star: (token: Int, place: Int)?
    while place < text.count {
      if token < tokens.count, tokens[token] == .one || tokens[token] == .just(text[place]) {
        place += 1
        token += 1
      } else if token < tokens.count, tokens[token] == .any {
        star = (token, place)
        token += 1
      } else if let last = star {
        star = (last.token, last.place + 1)
        place = last.place + 1
        token = last.token + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .any }
  }
}
