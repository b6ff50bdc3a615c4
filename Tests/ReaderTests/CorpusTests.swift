// The readers at work on every input of their corpora (Fuzz/Corpus): what libFuzzer has found stays found.
import Foundation
import Readers
import ServerReaders
import Testing

@Suite("Hostile octets")
struct CorpusTests {
  private static let all = readers + serverReaders
  private static let corpora = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fuzz/Corpus")

  @Test("Every input of a corpus is read as promised", arguments: all.map { $0.name })
  func corpus(name: String) throws {
    let reader = try #require(Self.all.first { $0.name == name }).init()
    try read(name, by: reader)
    // Nobody comes upon one by chance.
    if let packets = reader as? PacketReader { #expect(packets.validCookies > 0) }
  }

  private func read(_ name: String, by reader: any Reader) throws {
    let folder = Self.corpora.appendingPathComponent(name)
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files.sorted(by: { $0.path < $1.path }) {
      let octets = Array(try Data(contentsOf: file))
      do {
        try reader.read(octets.span)
      } catch {
        Issue.record("\(name)/\(file.lastPathComponent): \(error)")
      }
    }
  }

  @Test("Every corpus has its reader")
  func names() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path)
    #expect(Set(folders) == Set(Self.all.map { $0.name }))
  }
}
