// The matrix as text for a terminal: aligned columns, in several blocks where they are wider than a line.
import DNSWire
import Resolution

struct MatrixText {
  /// Blanks between two columns.
  private static let gap = 2

  /// Characters a line may have, `nil` for any number.
  var width: Int?
  var hasColor: Bool

  /// A piece of text with its colour.
  private struct Piece {
    var text: String
    var visibility: MatrixCell.Visibility?
    var isWord = false
  }

  // MARK: The whole table

  func text(_ table: MatrixTable) -> String {
    guard !table.names.isEmpty else { return "There is no name to ask: give --name NAME.\n" }
    let headings = table.groups.map { $0.heading(table.askers) }
    let rows = table.names.indices.map { table.row($0).map { pieces(of: $0) } }
    let names = table.names.map { plain($0) }
    let widths = headings.indices.map { column in
      rows.reduce(headings[column].count) { max($0, $1[column].map(\.text.count).max() ?? 0) }
    }
    var lines: [String] = []
    let lead = lead(names, widths)
    for block in blocks(widths, beside: lead ?? Self.gap) {
      if !lines.isEmpty { lines.append("") }
      lines += self.block(block, names, headings, rows, widths, lead)
    }
    lines.append("")
    let cells = table.cells.joined()
    lines += legend(table.groups, table.askers)
    lines += notes(cells, rest: table.rest.sentences)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The width of the column of names; `nil` when each name gets a line of its own, because beside it there would not
  /// be room for half of the columns.
  private func lead(_ names: [String], _ widths: [Int]) -> Int? {
    let lead = (names.map(\.count).max() ?? 0) + Self.gap
    guard let width, lead + total(widths[...]) > width else { return lead }
    return lead > width / 2 ? nil : lead
  }

  private func total(_ widths: ArraySlice<Int>) -> Int {
    widths.reduce(0, +) + Self.gap * max(0, widths.count - 1)
  }

  /// Columns that fit beside each other, at least one in each block.
  private func blocks(_ widths: [Int], beside lead: Int) -> [Range<Int>] {
    guard let width else { return [0..<widths.count] }
    var blocks: [Range<Int>] = []
    var start = 0
    for end in widths.indices.dropFirst() where lead + total(widths[start...end]) > width {
      blocks.append(start..<end)
      start = end
    }
    return blocks + [start..<widths.count]
  }

  private func block(
    _ block: Range<Int>, _ names: [String], _ headings: [String], _ rows: [[[Piece]]], _ widths: [Int], _ lead: Int?
  ) -> [String] {
    let margin = lead ?? Self.gap
    var lines = [line("", margin, block.map { (Piece(text: headings[$0]), widths[$0]) })]
    for (name, row) in zip(names, rows) {
      if lead == nil { lines.append(name) }
      let height = block.map { row[$0].count }.max() ?? 1
      for index in 0..<height {
        let cells = block.map { (index < row[$0].count ? row[$0][index] : Piece(text: ""), widths[$0]) }
        lines.append(line(index == 0 && lead != nil ? name : "", margin, cells))
      }
    }
    return lines
  }

  private func line(_ start: String, _ margin: Int, _ cells: [(piece: Piece, width: Int)]) -> String {
    var line = padded(start, margin)
    // Blanks are due before the next text, so that none stands at the end of a line.
    var due = 0
    for (piece, width) in cells {
      if !piece.text.isEmpty {
        line += String(repeating: " ", count: due) + painted(piece)
        due = 0
      }
      due += width - piece.text.count + Self.gap
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  // MARK: What changes

  func text(_ changes: MatrixChanges) -> String {
    guard !changes.isEmpty else { return changes.nothing.joined(separator: "\n") + "\n" }
    let rows = changes.rows
    let all = rows.flatMap(\.changes)
    let widths = [
      all.map { $0.group.heading(changes.askers).count }.max() ?? 0,
      all.map { joined($0.change.before).reduce(0) { $0 + $1.text.count } }.max() ?? 0,
      all.map { joined($0.change.after).reduce(0) { $0 + $1.text.count } }.max() ?? 0,
    ]
    var lines: [String] = []
    for row in rows {
      lines.append(plain(row.name))
      for (group, change) in row.changes {
        let before = joined(change.before)
        let after = joined(change.after)
        lines.append(
          "  " + padded(group.heading(changes.askers), widths[0] + Self.gap) + aligned(before, widths[1]) + " → "
            + aligned(after, widths[2] + Self.gap) + change.after.reason)
      }
    }
    lines.append("")
    lines.append(changes.summary)
    lines += legend(changes.groups, changes.askers)
    let cells = changes.changes.joined().compactMap { $0 }.flatMap { [$0.before, $0.after] }
    lines += notes(cells, rest: changes.remarks)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The values of a cell in one line.
  private func joined(_ cell: MatrixCell) -> [Piece] {
    let pieces = pieces(of: cell)
    return pieces.enumerated().flatMap { $0 == 0 ? [$1] : [Piece(text: ", "), $1] }
  }

  private func aligned(_ pieces: [Piece], _ width: Int) -> String {
    let count = pieces.reduce(0) { $0 + $1.text.count }
    return pieces.map(painted).joined() + String(repeating: " ", count: max(0, width - count))
  }

  // MARK: What both have

  /// Who the columns are: the first of each in words, the others by their ids.
  private func legend(_ groups: [MatrixGroup], _ askers: [MatrixAsker]) -> [String] {
    let headings = groups.map { $0.heading(askers) }
    let margin = (headings.map(\.count).max() ?? 0) + Self.gap
    return zip(groups, headings).flatMap { group, heading in
      let others = group.others(askers).joined(separator: ", ")
      let text = group.description(askers) + (others.isEmpty ? "" : "; also \(others)")
      let words = text.split(separator: " ").map(String.init)
      return wrapped(words, margin).enumerated().map { padded($0 == 0 ? heading : "", margin) + $1 }
    }
  }

  /// Characters of a line of ids where the terminal sets no limit.
  private static let widthOfLegend = 100

  private func wrapped(_ words: [String], _ margin: Int) -> [String] {
    let room = max((width ?? Self.widthOfLegend) - margin, 1)
    return words.reduce(into: []) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= room {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(word)
      }
    }
  }

  /// What marks and words mean, where there are some.
  private func notes(_ cells: some Sequence<MatrixCell>, rest: [String]) -> [String] {
    var seen: Set<MatrixCell.Visibility> = []
    var kinds: Set<MatrixCell.Kind> = []
    var ends: Set<String> = []
    for cell in cells {
      seen.formUnion(cell.values.compactMap(\.visibility))
      kinds.insert(cell.kind)
      if cell.kind == .unfinished { ends.insert(cell.error ?? "") }
    }
    var notes: [String] = []
    if seen.contains(.private) {
      notes.append(
        hasColor
          ? painted(Piece(text: "private address", visibility: .private)) + ", "
            + painted(Piece(text: "public address", visibility: .public))
          : "\(Self.mark) private address")
    }
    if kinds.contains(.noData) { notes.append("NODATA: the name exists, without a record of this type") }
    if kinds.contains(.silence) { notes.append("silence: \(MatrixCell.Kind.silenceMeaning)") }
    notes += ends.sorted().map { "unfinished: \($0)" }
    return notes + rest
  }

  /// Behind a private address where there is no colour.
  static let mark = "*"

  private func pieces(of cell: MatrixCell) -> [Piece] {
    guard cell.kind == .answer else { return [Piece(text: cell.word, isWord: true)] }
    return cell.values.map { value in
      Piece(
        text: value.text + (value.visibility == .private && !hasColor ? Self.mark : ""), visibility: value.visibility)
    }
  }

  /// Green for private addresses, yellow for public ones, faint for what is no address.
  private func painted(_ piece: Piece) -> String {
    guard hasColor else { return piece.text }
    let code: Int? =
      switch piece.visibility {
      case .private: 32
      case .public: 33
      case nil: piece.isWord ? 2 : nil
      }
    return code.map { "\u{1b}[\($0)m\(piece.text)\u{1b}[0m" } ?? piece.text
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension MatrixCell.Kind {
  static var silenceMeaning: String { "no answer is sent, the VPC has no DNS support" }
}

/// As people write it: without the final dot.
func plain(_ name: Name) -> String {
  name.isRoot ? "." : String(name.description.dropLast())
}
