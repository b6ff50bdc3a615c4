// The matrix as JSON, for programs: docs/matrix-json.md describes every member.
import DNSWire
import FoundationEssentials
import Resolution

extension MatrixTable {
  func json() throws -> String {
    try encoded(
      MatrixDocument(
        type: "\(type)", names: names.map(\.description), askers: askers.map(AskerDocument.init),
        groups: groups.map { GroupDocument($0, askers) },
        cells: zip(names, cells).flatMap { name, row in
          zip(askers, row).map { NamedCell(name: "\(name)", asker: "\($0.who)", cell: CellDocument($1)) }
        }, leftOut: RestDocument(names: rest.names, askers: rest.askers)))
  }
}

extension MatrixChanges {
  func json() throws -> String {
    try encoded(
      ChangesDocument(
        type: "\(type)", names: names.map(\.description), askers: askers.map(AskerDocument.init),
        groups: groups.map { GroupDocument($0, askers) },
        changes: zip(names, changes).flatMap { name, row in
          zip(askers, row).compactMap { asker, change in
            change.map {
              NamedChange(
                name: "\(name)", asker: "\(asker.who)", before: CellDocument($0.before),
                after: CellDocument($0.after))
            }
          }
        }, inOneWorld: inOneWorld.map(\.description), leftOut: RestDocument(names: rest.names, askers: rest.askers)))
  }
}

private func encoded(_ document: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
}

/// Members are added, never renamed or removed, while `version` stays.
private struct MatrixDocument: Encodable {
  var version = 1
  var type: String
  var names: [String]
  var askers: [AskerDocument]
  var groups: [GroupDocument]
  var cells: [NamedCell]
  var leftOut: RestDocument
}

private struct ChangesDocument: Encodable {
  var version = 1
  var type: String
  var names: [String]
  var askers: [AskerDocument]
  var groups: [GroupDocument]
  var changes: [NamedChange]
  var inOneWorld: [String]
  var leftOut: RestDocument
}

private struct AskerDocument: Encodable {
  var who: String
  var description: [String]
  var descriptionAfter: [String]?

  init(_ asker: MatrixAsker) {
    who = "\(asker.who)"
    description = asker.description
    descriptionAfter = asker.descriptionAfter
  }
}

private struct GroupDocument: Encodable {
  var heading: String
  var askers: [String]

  init(_ group: MatrixGroup, _ askers: [MatrixAsker]) {
    heading = group.heading(askers)
    self.askers = group.members.map { "\(askers[$0].who)" }
  }
}

private struct RestDocument: Encodable {
  var names: Int
  var askers: Int
}

private struct NamedCell: Encodable {
  var name: String
  var asker: String
  var cell: CellDocument
}

private struct NamedChange: Encodable {
  var name: String
  var asker: String
  var before: CellDocument
  var after: CellDocument
}

private struct CellDocument: Encodable {
  struct Address: Encodable {
    var address: String
    var visibility: String
  }
  var status: String
  var code: String?
  var addresses: [Address]
  var data: [String]?
  var rule: String?
  var citations: [String]
  var reason: String
  var error: String?

  init(_ cell: MatrixCell) {
    status = cell.kind.rawValue
    code = cell.code
    addresses = cell.values.compactMap { value in
      value.visibility.map { Address(address: value.text, visibility: $0.rawValue) }
    }
    let others = cell.values.filter { $0.visibility == nil }.map(\.text)
    data = others.isEmpty ? nil : others
    rule = cell.rule
    citations = cell.citations
    reason = cell.reason
    error = cell.error
  }
}
