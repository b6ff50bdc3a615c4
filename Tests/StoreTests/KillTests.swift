// A writer that is killed at any moment has lost nothing that it said was committed.
import Foundation
import Store
import TestSupport
import Testing

@Suite struct Kills {
  private static let rounds = 100

  @Test func nothingThatWasAcknowledgedIsLost() throws {
    let folder = try Folder([])
    let path = folder.path + "/state.db"
    var random = SystemRandomNumberGenerator()
    var acknowledged: Int64 = 0
    for round in 0..<Self.rounds {
      let output = folder.path + "/output"
      try Data().write(to: URL(fileURLWithPath: output))
      let writer = Process()
      writer.executableURL = URL(fileURLWithPath: Program.executable).deletingLastPathComponent()
        .appendingPathComponent("StoreWriter")
      writer.arguments = [path, String(acknowledged)]
      writer.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
      try writer.run()
      // Every fourth time it dies while it starts, else while it works.
      if !round.isMultiple(of: 4) {
        while writer.isRunning, try Data(contentsOf: URL(fileURLWithPath: output)).isEmpty { usleep(1000) }
      }
      usleep(UInt32.random(in: 0...20_000, using: &random))
      kill(writer.processIdentifier, SIGKILL)
      writer.waitUntilExit()
      let said = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").compactMap { Int64($0) }
      let before = acknowledged
      acknowledged = max(acknowledged, said.last ?? 0)
      if FileManager.default.fileExists(atPath: path) {
        acknowledged = try check(path, atLeast: acknowledged, before)
      }
    }
    #expect(acknowledged > Int64(Self.rounds), "the writer never got to work")
  }

  /// Rows and journal agree, and hold every number up to the last; that one, which may be one more than was said.
  private func check(_ path: String, atLeast acknowledged: Int64, _ before: Int64) throws -> Int64 {
    let store: Store
    do throws(StoreError) {
      store = try Store(path)
    } catch {
      throw error
    }
    var numbers: Set<String> = []
    var last = "0"
    try store.forEachRow { _, id, body in
      let id = String(decoding: id.indices.map { id[$0] }, as: UTF8.self)
      if id == "last" {
        last = String(decoding: body.indices.map { body[$0] }, as: UTF8.self)
      } else {
        numbers.insert(id)
      }
    }
    let kept = Int64(last) ?? -1
    #expect(kept >= acknowledged && kept <= acknowledged + 1)
    #expect(numbers.count == Int(kept))
    #expect(try store.journal(last: 1).first?.number ?? 0 == kept)
    return kept
  }
}
