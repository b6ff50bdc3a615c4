// Where a key stands for the second time. Yams says only where the first one is, so the others are renamed in copies of
// the text until it finds nothing to complain about.
import Yams

struct RepeatedKey {
  /// Texts that are parsed on the way: the candidates are halved each time, and there are no more than these.
  private static let mostCandidates = 1 << 12

  /// Characters of the key: without a ? before it, YAML takes no longer one (YAML 1.2 7.4.2).
  private static let longestKey = 1024

  private let scalars: [Unicode.Scalar]
  private let mark: Mark
  private let key: String

  /// Line and column of the second occurrence in the mapping whose first one is at `mark`; `nil` when it is not found,
  /// such as for keys with escapes.
  static func secondPlace(of key: String, first mark: Mark, in text: String) -> (line: Int, column: Int)? {
    RepeatedKey(scalars: Array(text.unicodeScalars), mark: mark, key: key).secondPlace()
  }

  private func secondPlace() -> (line: Int, column: Int)? {
    let candidates = candidates()
    guard !candidates.isEmpty, !isRepeated(renaming: candidates[...]) else { return nil }
    // The least number of candidates left as they are with which Yams complains: the last of them is the second.
    var low = 1
    var high = candidates.count
    while low < high {
      let middle = (low + high) / 2
      if isRepeated(renaming: candidates[middle...]) { high = middle } else { low = middle + 1 }
    }
    let place = place(of: candidates[low - 1])
    // A key in quotes begins with them.
    let isQuoted = candidates[low - 1] > 0 && ["\"", "'"].contains(scalars[candidates[low - 1] - 1])
    return (place.line, place.column - (isQuoted ? 1 : 0))
  }

  /// Offsets behind the mark where the key's text stands before a colon.
  private func candidates() -> [Int] {
    let wanted = Array(key.unicodeScalars)
    guard (1...Self.longestKey).contains(wanted.count) else { return [] }
    let colons = colonsBehind()
    var found: [Int] = []
    var line = 1
    var column = 1
    for index in scalars.indices {
      if (line, column) > (mark.line, mark.column + 1), isKey(at: index, wanted, colons) { found.append(index) }
      if found.count > Self.mostCandidates { return [] }
      if scalars[index] == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return found
  }

  /// For each offset whether a colon is what comes next, blanks and quotation marks left out. Looked for from the end:
  /// from each candidate on, a long line of blanks would be gone over again and again.
  private func colonsBehind() -> [Bool] {
    var result = [Bool](repeating: false, count: scalars.count)
    var isColonNext = false
    for index in scalars.indices.reversed() {
      switch scalars[index] {
      case " ", "\t", "\"", "'": break
      default: isColonNext = scalars[index] == ":"
      }
      result[index] = isColonNext
    }
    return result
  }

  private func isKey(at start: Int, _ wanted: [Unicode.Scalar], _ colons: [Bool]) -> Bool {
    guard start + wanted.count < scalars.count, scalars[start] == wanted[0], colons[start + wanted.count],
      scalars[start..<(start + wanted.count)].elementsEqual(wanted)
    else { return false }
    // What stands before it ends another word, unless it is a quotation mark, a bracket, a comma or white space.
    return start == 0 || " \t\n\r{,\"'".unicodeScalars.contains(scalars[start - 1])
  }

  /// Whether Yams still finds the key twice when these candidates have names of their own.
  private func isRepeated(renaming candidates: ArraySlice<Int>) -> Bool {
    var copy = String.UnicodeScalarView()
    var next = 0
    for (number, start) in candidates.enumerated() {
      copy.append(contentsOf: scalars[next..<start])
      copy.append(contentsOf: "renamed-\(number)-".unicodeScalars)
      next = start
    }
    copy.append(contentsOf: scalars[next...])
    do {
      let parser = try Parser(yaml: String(copy), resolver: .basic, encoding: .utf8)
      while try parser.nextRoot() != nil {}
      return false
    } catch YamlError.duplicatedKeysInMapping(_, let context) {
      return context.mark.line == mark.line && context.mark.column == mark.column
    } catch {
      return false
    }
  }

  private func place(of offset: Int) -> (line: Int, column: Int) {
    var (line, column) = (1, 1)
    for scalar in scalars[..<offset] {
      if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return (line, column)
  }
}
