// `classiclink-dns journal`: what changed a state, who did it, and when.
import ArgumentParser
import Foundation
import Store

struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Print what changed a state, the last change last.",
    discussion: """
      Each change has its number, its time, its caller and its action; below it stands what changed, as it was (-) and \
      as it is (+). Also while a server has the state.
      """)

  @Option(help: ArgumentHelp("The state.", valueName: "file"))
  var state: String

  @Option(help: ArgumentHelp("How many changes to print.", valueName: "n"))
  var last = 20

  @Flag(help: "Print JSON (docs/journal-json.md).")
  var json = false

  func validate() throws {
    guard last > 0 else { throw ValidationError("--last is a number from 1.") }
  }

  func run() throws {
    let entries: [JournalEntry]
    do throws(StoreError) {
      entries = try Store(reading: state).journal(last: last)
    } catch {
      throw ending(error)
    }
    if json {
      let document = JournalDocument(entries: try entries.map { try JournalDocument.Entry($0) })
      try StandardOutput.write(jsonText(document) + "\n")
    } else {
      try StandardOutput.write(entries.map { Self.text($0) + "\n" }.joined())
    }
  }

  private static func text(_ entry: JournalEntry) -> String {
    let what = entry.entry
    var lines = ["\(entry.number)  \(utcTime(what.time))  \(what.caller)  \(what.action)"]
    if let before = what.before { lines.append("    - \(before)") }
    if let after = what.after { lines.append("    + \(after)") }
    return lines.joined(separator: "\n")
  }
}

/// `2013-12-18T20:15:04.123Z`
private func utcTime(_ milliseconds: Int64) -> String {
  let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
  return Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(style)
}

/// The JSON of `journal`: members are added, never renamed or removed, while `version` stays.
private struct JournalDocument: Encodable {
  var version = 1
  var entries: [Entry]

  struct Entry: Encodable {
    var number: Int64
    var time: String
    var caller: String
    var action: String
    var before: JSONValue?
    var after: JSONValue?

    init(_ entry: JournalEntry) throws {
      number = entry.number
      time = utcTime(entry.entry.time)
      caller = entry.entry.caller
      action = entry.entry.action
      before = try entry.entry.before.map { try JSONValue($0) }
      after = try entry.entry.after.map { try JSONValue($0) }
    }
  }
}

/// JSON within JSON: what the journal keeps as text.
private enum JSONValue: Codable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case mapping([String: JSONValue])

  init(_ text: String) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .mapping(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .mapping(let value): try container.encode(value)
    }
  }
}
