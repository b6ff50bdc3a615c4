// The files that were read, by number, and the way from a spot back to a line and a column.

struct FileTable {
  struct Entry {
    var path: String
    /// Octets of a JSON file, in which a spot is an offset; empty for any other.
    var octets: [UInt8] = []
    var countsOctets = false
    /// An override on the command line: it has no lines, and nobody watches it.
    var isOverride = false
    /// It says nothing at all.
    var isBlank = false
    /// The rows of a list in a state, each on a line of its own from the second on. Their ids by line, as far as
    /// somebody needs them; `nil` for a file.
    var rowIDs: [Int: String]?
  }
  private(set) var entries: [Entry] = []

  mutating func add(_ path: String) -> Int {
    entries.append(Entry(path: path))
    return entries.count - 1
  }

  mutating func add(override text: String) -> Int {
    entries.append(Entry(path: "--set \(text)", isOverride: true))
    return entries.count - 1
  }

  /// The text of a list of rows: `STATE:Vpcs`.
  mutating func add(rowsOf list: String, _ octets: [UInt8]) -> Int {
    entries.append(Entry(path: list, octets: octets, countsOctets: true, rowIDs: [:]))
    return entries.count - 1
  }

  mutating func name(_ id: String, ofRowAt line: Int, in file: Int) { entries[file].rowIDs?[line] = id }

  mutating func markBlank(_ file: Int) { entries[file].isBlank = true }

  /// Where something stands: in a state a list and an id, in a file a line and a column.
  func place(_ file: Int, line: Int, column: Int) -> Place {
    let entry = entries[file]
    guard let ids = entry.rowIDs else { return Place(file: entry.path, line: line, column: column) }
    return Place(file: ids[line].map { "\(entry.path)/\($0)" } ?? entry.path, line: 0, column: 0)
  }

  mutating func keep(_ octets: [UInt8], of file: Int) {
    entries[file].octets = octets
    entries[file].countsOctets = true
  }

  /// Line and column of each spot, in the order given. One pass over each file, however many spots there are.
  func positions(of spots: [Spot]) -> [(line: Int, column: Int)] {
    var result = [(line: Int, column: Int)](repeating: (0, 0), count: spots.count)
    var cursor = Cursor()
    let isSorted = zip(spots, spots.dropFirst()).allSatisfy { $0 <= $1 }
    for index in isSorted ? Array(spots.indices) : spots.indices.sorted(by: { spots[$0] < spots[$1] }) {
      let spot = spots[index]
      if entries[spot.file].isOverride { continue }
      guard entries[spot.file].countsOctets else {
        result[index] = (spot.line, spot.column)
        continue
      }
      if cursor.file != spot.file { cursor = Cursor(file: spot.file) }
      cursor.advance(to: spot.offset, in: entries[spot.file].octets)
      result[index] = (cursor.line, cursor.column)
    }
    return result
  }

  func place(of spot: Spot) -> Place {
    let position = positions(of: [spot])[0]
    return place(spot.file, line: position.line, column: position.column)
  }
}

/// Counts lines and Unicode scalars up to an offset that only grows.
private struct Cursor {
  var file = -1
  var offset = 0
  var line = 1
  var column = 1

  mutating func advance(to target: Int, in octets: [UInt8]) {
    while offset < min(target, octets.count) {
      let octet = octets[offset]
      if octet == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if octet & 0xc0 != 0x80 {
        column += 1
      }
      offset += 1
    }
  }
}
