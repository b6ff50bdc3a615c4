// The Steward by himself: what is refused, and what the disk refuses, is taken back.
import Cloud
import DNSWire
import Resolution
import Synchronization
import Testing

@testable import ControlPlane

@Suite("The Steward")
struct StewardTests {
  private struct DiskFull: Error, CustomStringConvertible { let description = "no space left" }

  /// A disk that can be full.
  private final class Disk: Sendable {
    let isFull = Atomic(false)
    let commits = Mutex<[[CallRecord]]>([])
    func keep(_ group: [CallRecord]) throws {
      if isFull.load(ordering: .relaxed) { throw DiskFull() }
      commits.withLock { $0.append(group) }
    }
  }

  private let caller = Caller(account: "123456789012", region: .usEast1)
  private let disk = Disk()
  private let steward: Steward

  init() {
    let world = World()
    let compilation = Compilation(world, generation: 1)
    let publication = Publication(compilation.snapshot)
    let disk = disk
    steward = Steward(
      world: world, compilation: compilation, publication: publication, keep: { try disk.keep($0) },
      clock: { Timestamp(milliseconds: 0) })
  }

  private func createVPC(_ id: String, then refusal: AWSError? = nil) async -> Result<Steward.Reply, AWSError> {
    await steward.perform("ec2:CreateVpc", by: caller) { (call: inout Call) throws(AWSError) in
      try call.apply(
        .addVPC(
          VPC(
            id: ID(id), region: .usEast1, ownerID: "123456789012",
            cidrBlock: CIDRBlock(cut: IPv4Address(10, 0, 0, 0), toPrefixLength: 16))))
      if let refusal { throw refusal }
      return Steward.Reply(contentType: "text/plain", body: "done")
    }
  }

  private var vpcs: [String] {
    get async { await steward.read { world, _ in world.vpcs.keys.map(\.rawValue).sorted() } }
  }

  @Test("A call is kept before it is answered, with what it changed")
  func kept() async throws {
    _ = try await createVPC("vpc-1").get()
    let commits = disk.commits.withLock { $0 }
    #expect(commits.count == 1)
    let commit = try #require(commits.first?.first)
    #expect(commit.action == "ec2:CreateVpc")
    #expect(commit.differences.map(\.id) == [.vpc(ID("vpc-1"))])
    #expect(steward.publication.generation == 2)
  }

  @Test("A call that is refused half-way leaves nothing, and nothing is kept")
  func refused() async {
    let result = await createVPC("vpc-1", then: .missing("X"))
    #expect(throws: AWSError.missing("X")) { try result.get() }
    #expect(await vpcs == [])
    #expect(disk.commits.withLock { $0.isEmpty })
  }

  @Test("However many calls are refused, nothing of them is remembered for the next commit")
  func forgotten() async {
    for number in 0..<20 { _ = await createVPC("vpc-\(number)", then: .missing("X")) }
    let remembered = await steward.read { world, _ in
      var world = copy world
      return world.takeEffects().vpcs.count
    }
    #expect(remembered == 0)
  }

  @Test("What the disk does not take is taken back; when it has room again, calls go on")
  func fullDisk() async throws {
    _ = try await createVPC("vpc-1").get()
    disk.isFull.store(true, ordering: .relaxed)
    let result = await createVPC("vpc-2")
    #expect(throws: AWSError.self) { try result.get() }
    #expect(await vpcs == ["vpc-1"])
    #expect(await steward.lastFailure == "no space left")
    disk.isFull.store(false, ordering: .relaxed)
    _ = try await createVPC("vpc-2").get()
    #expect(await vpcs == ["vpc-1", "vpc-2"])
  }

  @Test("Many callers at once share commits, and each gets his own answer")
  func manyCallers() async throws {
    let results = await withTaskGroup(of: (Int, Bool).self) { group in
      for number in 0..<200 {
        group.addTask {
          // Every id comes twice: one of the two is refused.
          let result = await createVPC("vpc-\(number / 2)")
          return (number / 2, (try? result.get()) != nil)
        }
      }
      return await group.reduce(into: [Int: Int]()) { $0[$1.0, default: 0] += $1.1 ? 1 : 0 }
    }
    #expect(results.count == 100)
    #expect(results.values.allSatisfy { $0 == 1 })
    #expect(await vpcs.count == 100)
    let groups = disk.commits.withLock { $0 }
    #expect(groups.joined().count == 100)
    #expect(groups.count < 100)
  }
}
