// A state on the disk: what was committed is there, and what is no state is refused with its reason.
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

/// Every row of a store, as `list/id body`.
func rows(_ store: Store) throws -> [String] {
  var rows: [String] = []
  try store.forEachRow { list, id, body in
    rows.append("\(list)/\(text(id)) \(text(body))")
  }
  return rows
}

private func text(_ octets: Span<UInt8>) -> String {
  String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self)
}

private func put(_ list: String, _ id: String, _ body: String) -> Commit.RowChange {
  .put(StoreRow(list: list, id: id, body: body))
}

private func reason(_ body: () throws(StoreError) -> Void) -> StoreError.Reason? {
  do throws(StoreError) { try body() } catch { return error.reason }
  return nil
}

/// Opens a state that was closed just now: a program that another test is starting has all our descriptors, and so the
/// lock, until it runs.
private func reopen(_ path: String) throws(StoreError) -> Store {
  for _ in 0..<500 {
    do throws(StoreError) { return try Store(path) } catch {
      guard error.reason == .inUse(by: getpid()) else { throw error }
      usleep(10_000)
    }
  }
  return try Store(path)
}

@Suite struct Stores {
  let folder: Folder
  let path: String

  init() throws {
    folder = try Folder([])
    path = folder.path + "/state.db"
  }

  @Test func whatIsCommittedIsThereAfterwards() throws {
    let store = try Store(path)
    #expect(try store.isEmpty)
    try store.commit([
      Commit(rows: [put("Vpcs", "vpc-2", "{}"), put("Vpcs", "vpc-1", "{\"a\":\"ü\"}"), put("A", "b", "")], entry: nil)
    ])
    try store.commit([
      Commit(
        rows: [put("Vpcs", "vpc-2", "[1]"), .delete(list: "A", id: "b"), .delete(list: "A", id: "none")], entry: nil)
    ])
    #expect(try rows(store) == ["Vpcs/vpc-1 {\"a\":\"ü\"}", "Vpcs/vpc-2 [1]"])
    #expect(try !store.isEmpty)
    #expect(try rows(Store(reading: path)) == rows(store))
    try store.check()
  }

  @Test func theJournalTellsTheLastChanges() throws {
    let store = try Store(path)
    for number in 1...5 as ClosedRange<Int64> {
      try store.commit([
        Commit(
          rows: [],
          entry: Commit.Entry(time: number, caller: "me", action: "Act", before: number == 5 ? "{}" : nil, after: "[]"))
      ])
    }
    let last = try Store(reading: path).journal(last: 2)
    #expect(last.map(\.number) == [4, 5])
    #expect(last.map(\.entry.time) == [4, 5])
    #expect(last[1].entry == Commit.Entry(time: 5, caller: "me", action: "Act", before: "{}", after: "[]"))
    #expect(last[0].entry.before == nil)
  }

  @Test func aFailedImportLeavesWhatWasThere() throws {
    struct Enough: Error {}
    let store = try Store(path)
    try store.commit([Commit(rows: [put("A", "a", "1")], entry: nil)])
    #expect(throws: StoreError.self) {
      try store.replaceAll(entry: nil) { insert in
        try insert(StoreRow(list: "A", id: "b", body: "2"))
        throw Enough()
      }
    }
    #expect(try rows(store) == ["A/a 1"])
    try store.replaceAll(entry: nil) { insert in try insert(StoreRow(list: "A", id: "b", body: "2")) }
    #expect(try rows(store) == ["A/b 2"])
  }

  @Test func oneWriterAtATimeAndReadersBeside() throws {
    let store = try Store(path)
    try store.commit([Commit(rows: [put("A", "a", "1")], entry: nil)])
    #expect(reason { () throws(StoreError) in _ = try Store(path) } == .inUse(by: getpid()))
    let link = folder.path + "/other.db"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    #expect(reason { () throws(StoreError) in _ = try Store(link) } == .inUse(by: getpid()))
    let reader = try Store(reading: path)
    try store.commit([Commit(rows: [put("A", "b", "2")], entry: nil)])
    #expect(try rows(reader) == ["A/a 1", "A/b 2"])
  }

  @Test(arguments: [true, false])
  func aLinkLeadsToTheState(leadsNowhere: Bool) throws {
    let link = folder.path + "/link.db"
    if !leadsNowhere { _ = try Store(path) }
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    do {
      let store = try reopen(link)
      try store.commit([Commit(rows: [put("A", "a", "1")], entry: nil)])
      #expect(reason { () throws(StoreError) in _ = try Store(path) } == .inUse(by: getpid()))
      // Another link than the one that was opened: what is written is not found there any more.
      try FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path + "/elsewhere.db")
      #expect(reason { () throws(StoreError) in try store.commit([]) } == .gone(file: link))
      try FileManager.default.removeItem(atPath: link)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try store.commit([Commit(rows: [put("A", "b", "2")], entry: nil)])
    }
    #expect(try rows(reopen(link)) == ["A/a 1", "A/b 2"])
    #expect(try rows(reopen(path)) == ["A/a 1", "A/b 2"])
  }

  /// As of a maker who was killed before his first commit.
  @Test func aJournalThatWasLeftIsRolledBack() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = """
      import os, sqlite3, sys
      maker = sqlite3.connect(sys.argv[1], isolation_level=None)
      for line in ["PRAGMA cache_size = 1", "BEGIN", "CREATE TABLE half (x)"]:
          maker.execute(line)
      maker.executemany("INSERT INTO half VALUES (?)", [("x" * 3000,)] * 100)
      os._exit(0)
      """
    process.arguments = ["python3", "-c", script, path]
    try process.run()
    process.waitUntilExit()
    #expect(FileManager.default.fileExists(atPath: path + "-journal"))
    let store = try Store(path)
    #expect(try rows(store) == [])
  }

  @Test func whoFindsItInUseClosesNobodyElsesFile() throws {
    let store = try Store(path)
    let lost = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 2) { who in
      if who == 0 {
        for _ in 0..<1000 {
          #expect(reason { () throws(StoreError) in _ = try Store(path) } == .inUse(by: getpid()))
        }
      } else {
        for _ in 0..<50_000 {
          let mine = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
          sched_yield()
          if close(mine) != 0 { lost.add(1, ordering: .relaxed) }
        }
      }
    }
    #expect(lost.load(ordering: .relaxed) == 0)
    try store.check()
  }

  @Test func theLockGoesWithItsHolder() throws {
    do { _ = try Store(path) }
    _ = try reopen(path)
  }
}

@Suite struct Unfit {
  let folder: Folder
  let path: String

  init() throws {
    folder = try Folder([])
    path = folder.path + "/state.db"
  }

  private func sqlite(_ statements: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])", path, statements,
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  /// What both ways of opening say, and that neither changes the file.
  private func refusal() throws -> StoreError.Reason? {
    let before = try? Data(contentsOf: URL(fileURLWithPath: path))
    let writing = reason { () throws(StoreError) in _ = try Store(path) }
    let reading = reason { () throws(StoreError) in _ = try Store(reading: path) }
    #expect(writing == reading)
    #expect((try? Data(contentsOf: URL(fileURLWithPath: path))) == before)
    return writing
  }

  @Test func anyOtherFile() throws {
    try Data("Vpcs: []\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try refusal() == .notADatabase)
    try Data(repeating: 7, count: 100_000).write(to: URL(fileURLWithPath: path))
    #expect(try refusal() == .notADatabase)
  }

  @Test func theDatabaseOfAnotherProgram() throws {
    try sqlite("CREATE TABLE t (x)")
    #expect(try refusal() == .foreign)
    try sqlite("PRAGMA application_id = 77; DROP TABLE t")
    #expect(try refusal() == .foreign)
  }

  @Test func aLaterVersion() throws {
    do { _ = try Store(path) }
    try sqlite("PRAGMA user_version = 99")
    #expect(try refusal() == .newer(schema: 99, known: 1))
  }

  @Test func whatIsNotThere() throws {
    #expect(reason { () throws(StoreError) in _ = try Store(reading: path) } == .missing)
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(reason { () throws(StoreError) in _ = try Store(reading: path) } == .missing)
    #expect(reason { () throws(StoreError) in _ = try Store(path) } == nil, "an empty file becomes a state")
    let nowhere = folder.path + "/no/state.db"
    #expect(reason { () throws(StoreError) in _ = try Store(nowhere) }?.description.contains("No such file") == true)
    #expect(reason { () throws(StoreError) in _ = try Store(folder.path) } == .notAccessible("it is no file"))
  }

  /// Bodies that fill many pages.
  private func fill() throws {
    let store = try Store(path)
    try store.replaceAll(entry: nil) { insert in
      for number in 0..<2000 {
        try insert(StoreRow(list: "A", id: "\(number)", body: String(repeating: "x", count: 200)))
      }
    }
  }

  private func readAll() throws(StoreError) {
    let store = try Store(reading: path)
    try store.check()
    try store.forEachRow { _, _, _ in }
  }

  @Test(arguments: [1, 7, 60, 99])
  func aTruncatedFile(_ percent: Int) throws {
    try fill()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count * percent / 100).write(to: URL(fileURLWithPath: path))
    let found = reason { () throws(StoreError) in try readAll() }
    guard case .damaged = found else {
      Issue.record("\(String(describing: found))")
      return
    }
  }

  @Test(arguments: 0..<20)
  func pagesOverwritten(_ seed: UInt64) throws {
    try fill()
    var numbers = SeededNumbers(seed: seed)
    var octets = try Data(contentsOf: URL(fileURLWithPath: path))
    // The head of a page says what the page is.
    let page = 4096 * Int.random(in: 1..<(octets.count / 4096), using: &numbers)
    for offset in 0..<64 { octets[page + offset] = UInt8.random(in: .min ... .max, using: &numbers) }
    try octets.write(to: URL(fileURLWithPath: path))
    let found = reason { () throws(StoreError) in try readAll() }
    guard case .damaged = found else {
      Issue.record("page \(page / 4096): \(String(describing: found))")
      return
    }
  }
}
