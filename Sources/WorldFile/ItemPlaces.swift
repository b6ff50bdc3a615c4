// The place of every item, kept for as long as the world is: 20 octets an item, found by a hash of its id.

struct ItemPlaces: Sendable {
  private struct Position: BitwiseCopyable {
    var file: UInt32
    var line: UInt32
    var column: UInt32
  }
  /// The table of one kind: hashes in ascending order, and the position of each.
  private struct Table: Sendable {
    var hashes: [UInt64]
    var positions: [Position]
  }
  private var tables: [ItemKind: Table] = [:]
  private let paths: [String]

  init(_ catalog: Catalog, _ files: FileTable) {
    paths = files.entries.map(\.path)
    for (kind, shelf) in catalog.shelves {
      let spots = shelf.firstParts.map { part -> Spot in
        let document = catalog.documents[Int(part.document)]
        if part.locator >= 0 { return Spot(file: document.file, offset: part.locator) }
        return document.node(at: part.locator)?.spot ?? Spot(file: document.file, offset: 0)
      }
      let positions = files.positions(of: spots)
      let hashes = shelf.ids.map(hash)
      let removed = catalog.removed[kind] ?? []
      let order = hashes.indices.filter { !removed.contains($0) }.sorted { hashes[$0] < hashes[$1] }
      tables[kind] = Table(
        hashes: order.map { hashes[$0] },
        positions: order.map { index in
          Position(
            file: UInt32(spots[index].file), line: UInt32(clamping: positions[index].line),
            column: UInt32(clamping: positions[index].column))
        })
    }
  }

  func place(of kind: ItemKind, _ id: String) -> Place? {
    guard let table = tables[kind] else { return nil }
    let wanted = hash(id)
    var low = 0
    var high = table.hashes.count
    while low < high {
      let middle = (low + high) / 2
      if table.hashes[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < table.hashes.count, table.hashes[low] == wanted else { return nil }
    let position = table.positions[low]
    return Place(file: paths[Int(position.file)], line: Int(position.line), column: Int(position.column))
  }
}

/// FNV-1a, 64 bits: a million ids meet with a probability below 10⁻⁷, and a wrong place misleads nobody for long.
private func hash(_ id: String) -> UInt64 {
  id.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
