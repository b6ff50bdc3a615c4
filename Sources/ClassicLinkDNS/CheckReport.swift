// What `check` found, as text for people and as JSON for programs (docs/check-json.md).
import ArgumentParser
import FoundationEssentials
import Traps
import WorldFile

struct CheckReport {
  private let paths: [String]
  private let notices: [Notice]
  private let isMissingFile: Bool

  /// Reads the world and looks for every error, warning and trap.
  init(_ source: WorldSource) {
    paths = source.paths
    do throws(LoadFailure) {
      notices = try loadWorld(from: source, showing: ProgressLine()).notices
      isMissingFile = false
    } catch {
      notices = error.problems.map { Notice($0) }
      isMissingFile = error.isMissingFile
    }
  }

  private var errorCount: Int { notices.count { $0.severity == .error } }
  private var warningCount: Int { notices.count { $0.severity == .warning } }
  private var canBeServed: Bool { errorCount == 0 }

  func exitCode(strict: Bool) -> ExitCode {
    if isMissingFile { return .noSuchFile }
    return canBeServed && (!strict || warningCount == 0) ? .success : .badData
  }

  /// A line for each notice, a second one that says what to do, and a line that sums up.
  func text(strict: Bool) -> String {
    var lines: [String] = []
    for notice in notices {
      lines.append(notice.line)
      if let finding = notice.finding { lines.append("    \(finding.mend)") }
    }
    lines.append("\(paths.joined(separator: ", ")): \(summary(strict: strict))")
    return lines.joined(separator: "\n") + "\n"
  }

  private func summary(strict: Bool) -> String {
    let counts = "\(counted(errorCount, "error")), \(counted(warningCount, "warning"))"
    guard canBeServed else { return "\(counts): it cannot be served" }
    return "\(counts): it can be served" + (strict && warningCount > 0 ? ", but not with --strict" : "")
  }

  private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  func json(strict: Bool) throws -> String {
    let document = CheckDocument(
      paths: paths, canBeServed: canBeServed, passed: exitCode(strict: strict) == .success, errors: errorCount,
      warnings: warningCount, notices: notices.map { CheckDocument.Entry($0) })
    return try jsonText(document) + "\n"
  }
}

/// The JSON of `check`: members are added, never renamed or removed, while `version` stays.
private struct CheckDocument: Encodable {
  var version = 1
  var paths: [String]
  var canBeServed: Bool
  var passed: Bool
  var errors: Int
  var warnings: Int
  var notices: [Entry]

  struct Entry: Encodable {
    struct Item: Encodable {
      var kind: String
      var id: String
    }
    var severity: String
    var file: String
    var line: Int?
    var column: Int?
    var message: String
    var trap: String?
    var title: String?
    var references: [String]?
    var item: Item?
    var mend: String?

    init(_ notice: Notice) {
      severity = notice.severity.rawValue
      file = notice.place.file
      // 0 stands for the whole file.
      line = notice.place.line == 0 ? nil : notice.place.line
      column = notice.place.line == 0 ? nil : notice.place.column
      message = notice.finding?.message ?? notice.message
      guard let finding = notice.finding else { return }
      trap = finding.trap.rawValue
      title = finding.trap.title
      references = finding.trap.references
      item = Item(kind: finding.item.kind, id: finding.item.id)
      mend = finding.mend
    }
  }
}
