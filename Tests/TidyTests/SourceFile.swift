// The sources as text: every Swift file under Sources, read where this file says the package is.
import Foundation

struct SourceFile: Sendable, CustomStringConvertible {
  /// `Sources/DNSWire/Name.swift`
  let path: String
  let lines: [String]

  var description: String { path }

  /// The folder under Sources.
  var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  var isTest: Bool { path.hasPrefix("Tests/") }

  /// Modules that the file imports, with the number of the line.
  var imports: [(module: String, line: Int)] {
    lines.enumerated().compactMap { index, line in
      let words = line.split(whereSeparator: { $0 == " " || $0 == "." })
      guard let at = words.firstIndex(of: "import"), words[..<at].allSatisfy(Self.isModifier), at + 1 < words.count
      else { return nil }
      // `import struct Module.Name` as well as `import Module`.
      let isScoped = Self.kinds.contains(String(words[at + 1])) && at + 2 < words.count
      return (String(words[isScoped ? at + 2 : at + 1]), index + 1)
    }
  }

  private static let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]

  private static func isModifier(_ word: Substring) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
  }

  /// The lines without comments and without what stands in quotation marks.
  var code: [String] {
    lines.map { line in
      let plain = line.replacing(#/"(?:\\.|[^"\\])*"/#, with: "\"\"")
      return plain.firstRange(of: "//").map { String(plain[..<$0.lowerBound]) } ?? plain
    }
  }

  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every Swift file below a folder of the package, by path.
  static func all(in folder: String) -> [SourceFile] {
    guard let names = FileManager.default.enumerator(atPath: package.appendingPathComponent(folder).path) else {
      return []
    }
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().compactMap { name in
      let path = folder + "/" + name
      guard let text = try? String(contentsOf: package.appendingPathComponent(path), encoding: .utf8) else {
        return nil
      }
      var lines = text.components(separatedBy: "\n")
      if lines.last == "" { lines.removeLast() }
      return SourceFile(path: path, lines: lines)
    }
  }
}
