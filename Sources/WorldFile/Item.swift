// An item with all its parts merged, and the defaults of the files that its parts stand in.
import Cloud

struct Item {
  let kind: ItemKind
  let id: ID<Item>
  let members: Members
  /// What the item or its files say; `nil` when neither says anything.
  let givenRegion: Region?
  /// The item's owner, else its reservation's, else its files' `AccountId`, else AWS's own example.
  let accountID: String
  /// It has no Region of its own, and that of its file was reported.
  let lacksRegion: Bool

  var spot: Spot { members.spot }

  /// The Region that was given, else the first that a fact implies, else `us-east-1`.
  func region(impliedBy implied: Region?...) -> Region {
    givenRegion ?? implied.lazy.compactMap(\.self).first ?? .usEast1
  }
}

extension Catalog {
  /// `nil` for an item that an override took away.
  func item(_ kind: ItemKind, _ index: Int, _ report: Report) -> Item? {
    guard let shelf = shelves[kind], removed[kind]?.contains(index) != true else { return nil }
    return item(kind, shelf, index, edits[kind]?[index] ?? [], report)
  }

  /// The item of a shelf at an index, with edits.
  func item(_ kind: ItemKind, _ shelf: Shelf, _ index: Int, _ edits: [Edit], _ report: Report) -> Item? {
    let first = shelf.firstParts[index]
    let further = shelf.furtherParts(index)
    let document = documents[Int(first.document)]
    guard var members = document.members(at: first.locator, report) else { return nil }
    if further.isEmpty, edits.isEmpty {
      // Almost every item is of this kind: it is read where it stands.
      return Item(
        kind: kind, id: shelf.ids[index], members: members, givenRegion: members.region() ?? document.region,
        accountID: members.looseText("OwnerId") ?? accountID(of: first),
        lacksRegion: document.hasBrokenRegion && !members.has("Region"))
    }
    let nodes = further.compactMap { documents[Int($0.document)].members(at: $0.locator, report)?.node }
    var node = Node.merge([members.node] + nodes) ?? members.node
    for edit in edits { node = node.edited(edit, report) }
    members = Members(node: node, report: report)
    let parts = [first] + further
    let defaults = parts.map { documents[Int($0.document)] }
    let reservation = parts.lazy.compactMap { $0.account == 0 ? nil : accounts[Int($0.account)] }.first
    return Item(
      kind: kind, id: shelf.ids[index], members: members,
      givenRegion: region(members, defaults),
      accountID: members.looseText("OwnerId") ?? reservation ?? defaults.lazy.compactMap(\.accountID).min()
        ?? WorldFile.defaultAccountID,
      lacksRegion: !members.has("Region") && defaults.contains(where: \.hasBrokenRegion))
  }

  /// The account of an item of one part that names none: that of its reservation, else of its file.
  func accountID(of part: Part) -> String {
    (part.account == 0 ? nil : accounts[Int(part.account)])
      ?? documents[Int(part.document)].accountID ?? WorldFile.defaultAccountID
  }

  /// An item in two files whose defaults differ has no Region of its own; it must name one.
  private func region(_ members: Members, _ documents: [Document]) -> Region? {
    if let own = members.region() { return own }
    guard documents.count > 1 else { return documents.first?.region }
    let regions = Set(documents.compactMap(\.region))
    if regions.count > 1 {
      let names = regions.sorted().map(\.code).joined(separator: " and ")
      members.report.error(members.spot, "the files that hold this item have different Regions, \(names)")
    }
    return regions.min()
  }
}

extension Members {
  /// The Region that the item itself names.
  fileprivate func region() -> Region? { text("Region").map { Region($0) } }
}

extension Node {
  /// The tree with the edit, or without it and a report why it does not fit.
  func edited(_ edit: Edit, _ report: Report) -> Node {
    do throws(EditFailure) {
      return try edited(edit)
    } catch {
      report.error(edit.spot, error.message)
      return self
    }
  }
}
