// What a call has done is read back from its rows as it stands in the live world: whoever restarts notices nothing.
import Cloud
import DNSWire
import Resolution
import Store
import Synchronization
import TestSupport
import Testing
import WorldFile

@testable import ControlPlane

/// Calls of one sequence: enough for the last ones to meet a full world.
private let calls = 200

@Suite("Rows that are read again")
struct RereadTests {
  /// The rows of a state, apart by the octets of their ids as SQLite keeps them.
  private final class Rows: Sendable {
    private let lists = Mutex<[String: [[UInt8]: String]]>([:])

    func take(_ records: [CallRecord]) {
      for change in records.flatMap({ Commit($0).rows }) {
        lists.withLock {
          switch change {
          case .put(let row): $0[row.list, default: [:]][Array(row.id.utf8)] = row.body
          case .delete(let list, let id): $0[list]?[Array(id.utf8)] = nil
          }
        }
      }
    }

    func load() throws -> World {
      let all = lists.withLock { $0 }
      return try WorldFile.load(rowsOf: "state") { visit in
        for (list, rows) in all.sorted(by: { $0.key < $1.key }) {
          for (id, body) in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            visit(list, id.span, body.utf8.span)
          }
        }
      }.get().world
    }
  }

  @Test("After each call of a random sequence", arguments: 36..<48 as Range<UInt64>)
  func randomCalls(seed: UInt64) async throws { try await play(seed) { RandomCall(&$0, $1) } }

  @Test("After each call on zones of odd names and values", arguments: 0..<12 as Range<UInt64>)
  func oddZones(seed: UInt64) async throws { try await play(seed) { RandomCall.onOddZone(&$0, $1) } }

  private func play(_ seed: UInt64, _ next: (inout SeededNumbers, World) -> RandomCall) async throws {
    var numbers = SeededNumbers(seed: seed)
    let rows = Rows()
    let compilation = Compilation(World(), generation: 1)
    let publication = Publication(compilation.snapshot)
    let time = Atomic(Int64(1_000_000_000_000))
    let steward = Steward(
      world: World(), compilation: compilation, publication: publication,
      keep: { rows.take($0) }, clock: { Timestamp(milliseconds: time.add(1000, ordering: .relaxed).newValue) })
    var accepted = 0
    for _ in 0..<calls {
      let call = next(&numbers, await steward.read { world, _ in copy world })
      let account = Int.random(in: 0..<8, using: &numbers) == 0 ? "222222222222" : "123456789012"
      let region = Int.random(in: 0..<8, using: &numbers) == 0 ? Region("eu-west-1") : .usEast1
      let result = await steward.perform(call.action, by: Caller(account: account, region: region)) {
        (context: inout Call) throws(AWSError) in
        try call.perform(&context)
        return Steward.Reply(contentType: "", body: "")
      }
      guard case .success = result else { continue }
      accepted += 1
      let live = await steward.read { world, _ in world.resources }
      let read: [Resource]
      do { read = try rows.load().resources } catch {
        Issue.record("\(call.action) \(call.fields) has made the state unreadable: \(error)")
        return
      }
      guard live != read else { continue }
      let lost = zip(live, read).first { $0 != $1 }
      let words = lost.map { "live \($0.0)\nread \($0.1)" } ?? "live \(live.count), read \(read.count)"
      Issue.record("after \(call.action) \(call.fields)\n\(words)")
      return
    }
    #expect(accepted > 15)  // the patterns must not be nonsense only
  }
}
