// docs/world-file.md tells every key and every setting with its default, and none that does not exist.
import Cloud
import Foundation
import Testing

@testable import WorldFile

@Suite struct Documentation {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs/world-file.md")

  /// The lines of a section of the page, and the cells of each line of its table.
  private func section(_ heading: String) throws -> (text: Substring, rows: [[Substring]]) {
    let page = try String(contentsOf: Self.page, encoding: .utf8)
    let start = try #require(page.range(of: "\n## \(heading)\n")).upperBound
    let text = page[start...].firstRange(of: "\n## ").map { page[start..<$0.lowerBound] } ?? page[start...]
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
    return (text, rows.map { $0.split(separator: "|") })
  }

  private func names(_ text: Substring) -> [String] { text.matches(of: #/`([A-Za-z.]+)`/#).map { String($0.1) } }

  @Test func everyTopLevelKeyIsTold() throws {
    let (text, rows) = try section("Top-level keys")
    let told = Set(rows.flatMap { names($0[0]) })
    for name in told { #expect(TopLevelKey(name) != nil, "\(name) is told and unknown") }
    for (name, key) in TopLevelKey.known {
      if case .ignored = key {
        #expect(names(text).contains(name), "\(name) is not told")
      } else {
        #expect(told.contains(name), "\(name) is not told")
      }
    }
  }

  @Test func everySettingIsToldWithItsDefault() throws {
    let rows = try section("Settings").rows
    let told = rows.compactMap { names($0[0]).first }
    #expect(Set(told.map { $0.hasPrefix("TTL.") ? "TTL" : $0 }) == Set(Members.settingNames))
    #expect(told.filter { $0.hasPrefix("TTL.") } == Members.timesToLiveNames.map { "TTL." + $0.0 })
    for row in rows {
      let name = try #require(names(row[0]).first)
      let value = row[1].trimmingCharacters(in: .whitespaces)
      let parts = name.split(separator: ".")
      let setting = parts.count == 2 ? "{\(parts[0]): {\(parts[1]): \(value)}}" : "{\(name): \(value)}"
      // Giving a setting its default changes nothing.
      #expect(try load("Settings: \(setting)").settings == load("{}").settings, "\(name)")
    }
  }
}
