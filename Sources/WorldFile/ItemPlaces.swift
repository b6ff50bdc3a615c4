// The places of items, worked out when somebody asks: almost no item is ever asked for.
import Cloud

struct ItemPlaces: Sendable {
  /// The file of each document, and where the items begin that it holds as trees.
  private let documents: [(file: Int, held: [Spot])]
  private let shelves: Catalog.Shelves
  private let removed: [ItemKind: Set<Int>]
  private let files: FileTable

  init(_ catalog: Catalog, _ files: FileTable) {
    documents = catalog.documents.map { ($0.file, $0.spotsOfHeld) }
    shelves = catalog.shelves
    removed = catalog.removed
    self.files = files
  }

  /// Where the items begin; of an item in several parts, the first. One pass over each file, however many they are;
  /// `nil` for what no item made.
  func places(of items: [(kind: ItemKind, id: String)]) -> [Place?] {
    let spots = items.map { spot(of: $0.kind, $0.id) }
    var positions = files.positions(of: spots.compactMap(\.self)).makeIterator()
    return zip(items, spots).map { item, spot in
      guard let spot, let position = positions.next() else { return nil }
      let entry = files.entries[spot.file]
      if entry.rowIDs != nil { return Place(file: "\(entry.path)/\(item.id)", line: 0, column: 0) }
      return Place(file: entry.path, line: position.line, column: position.column)
    }
  }

  private func spot(of kind: ItemKind, _ id: String) -> Spot? {
    guard let shelf = shelves[kind], let index = index(of: kind, id, in: shelf),
      removed[kind]?.contains(index) != true
    else { return nil }
    let part = shelf.firstParts[index]
    let document = documents[Int(part.document)]
    return part.locator < 0 ? document.held[~part.locator] : Spot(file: document.file, offset: part.locator)
  }

  /// A requester in EC2-Classic may have the Region of its file, which its id there does not tell.
  private func index(of kind: ItemKind, _ id: String, in shelf: Catalog.Shelf) -> Int? {
    if let index = shelf.index(of: id) { return index }
    guard kind == .requester, let end = id.firstRange(of: " classic")?.upperBound else { return nil }
    return shelf.index(of: String(id[..<end])) ?? shelf.index(of: "\(id[..<end]) \(Region.usEast1)")
  }
}
