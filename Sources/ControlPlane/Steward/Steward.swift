// The one writer: calls come in from everywhere, are carried out one after the other, and are answered when what they
// did is on the disk and in the answers.
import Cloud
import Dispatch
import Logging
import Resolution

/// Holds the world and makes every change to it.
///
/// Calls that come while a commit is under way wait for the next one, and share it: one `fdatasync` for all of them. A
/// call that is refused is taken back alone. If the commit fails, all that share it are taken back.
public actor Steward {
  /// What a call ends with.
  public struct Reply: Sendable {
    public var status = 200
    public var contentType: String
    public var body: String
    public var headers: [(name: String, value: String)] = []
    public init(status: Int = 200, contentType: String, body: String) {
      self.status = status
      self.contentType = contentType
      self.body = body
    }
  }

  /// Makes durable what calls have done, all or nothing, before it returns.
  public typealias Keep = @Sendable ([CallRecord]) throws -> Void

  private struct Waiting {
    var caller: Caller
    var action: String
    var operation: @Sendable (inout Call) throws(AWSError) -> Reply
    var end: CheckedContinuation<Result<Reply, AWSError>, Never>
  }

  private var world: World
  private var allocator: Allocator
  private var terminated = RecentlyTerminated()
  private var compilation: Compilation
  private let keep: Keep?
  private let disk = DispatchQueue(label: "state")
  /// Where the snapshots go.
  public nonisolated let publication: Publication
  private let clock: @Sendable () -> Timestamp
  private let logger: Logger
  private var waiting: [Waiting] = []
  /// What waits for the time between two commits, when the world is what the snapshot in force says.
  private var betweenCommits: [(isolated Steward) -> Void] = []
  private var isBusy = false
  /// What the last commit failed with; `nil` while all is well.
  public private(set) var lastFailure: String?

  /// - Parameters:
  ///   - keep: `nil` where changes are not kept: they are gone when the program ends.
  ///   - publication: Where the snapshots go; `compilation`'s is in force there.
  public init(
    world: consuming World, compilation: consuming Compilation, publication: Publication,
    pools: AddressPools = .standard, keep: Keep?, clock: @escaping @Sendable () -> Timestamp,
    logger: Logger = Logger(label: "steward", factory: { _ in SwiftLogNoOpLogHandler() })
  ) {
    _ = world.takeEffects()
    self.world = world
    self.compilation = compilation
    allocator = Allocator(pools: pools)
    self.keep = keep
    self.publication = publication
    self.clock = clock
    self.logger = logger
  }

  /// Carries out a call. When this returns without an error, what it did is durable and every later question sees it.
  func perform(
    _ action: String, by caller: Caller, _ operation: @escaping @Sendable (inout Call) throws(AWSError) -> Reply
  ) async -> Result<Reply, AWSError> {
    guard waiting.count < CallLimits.waitingCalls else {
      return .failure(AWSError("RequestLimitExceeded", "Request limit exceeded.", status: 503))
    }
    let result = await withCheckedContinuation { end in
      waiting.append(Waiting(caller: caller, action: action, operation: operation, end: end))
      beginWork()
    }
    CallMetrics.count(action, result)
    return result
  }

  /// Reads the world as it was committed last, and the snapshot of it that is in force.
  public func read<Value: Sendable>(
    _ body: @escaping @Sendable (borrowing World, Snapshot) -> Value
  ) async -> Value {
    await betweenCommits { steward in body(steward.world, steward.publication.current) }
  }

  /// Puts another world in the place of this one: what calls have done to it is gone.
  /// - Returns: What the world was compiled to. It is in force only if `accepts` has said so.
  public func replace(with world: World, if accepts: @escaping @Sendable (Snapshot) -> Bool) async -> Snapshot {
    await betweenCommits { steward in steward.put(world, if: accepts) }
  }

  private func put(_ new: World, if accepts: (Snapshot) -> Bool) -> Snapshot {
    var new = new
    _ = new.takeEffects()
    let compiled = Compilation(new, generation: compilation.snapshot.generation + 1, explains: compilation.explains)
    let snapshot = compiled.snapshot
    if accepts(snapshot) {
      world = new
      compilation = compiled
      publication.publish(snapshot)
    }
    return snapshot
  }

  private func betweenCommits<Value: Sendable>(
    _ work: @escaping @Sendable (isolated Steward) -> Value
  ) async -> Value {
    await withCheckedContinuation { end in
      betweenCommits.append { steward in end.resume(returning: work(steward)) }
      beginWork()
    }
  }

  private func beginWork() {
    guard !isBusy else { return }
    isBusy = true
    Task { await self.work() }
  }

  private func work() async {
    while !waiting.isEmpty || !betweenCommits.isEmpty {
      let works = betweenCommits
      betweenCommits = []
      for work in works { work(self) }
      let group = Array(waiting.prefix(CallLimits.callsACommit))
      waiting.removeFirst(group.count)
      await carryOut(group)
    }
    isBusy = false
  }

  private func carryOut(_ group: [Waiting]) async {
    var results: [Result<Reply, AWSError>] = []
    var commits: [CallRecord] = []
    let now = clock()
    for one in group {
      // Moved into the call and back: a copy would share the tables, and the next change would copy them whole.
      var taken = World()
      swap(&taken, &world)
      var call = Call(
        world: taken, allocator: allocator, terminated: terminated, caller: one.caller, now: now,
        snapshot: compilation.snapshot)
      taken = World()
      let result = Self.run(one.operation, &call)
      let differences: [Difference]
      (world, allocator, terminated, differences) = call.end()
      results.append(result)
      if !differences.isEmpty {
        commits.append(CallRecord(time: now, caller: one.caller, action: one.action, differences: differences))
      }
    }
    // Else calls that are refused, such as dry runs, would be remembered until one is not.
    if commits.isEmpty { _ = world.takeEffects() }
    if !commits.isEmpty, let failure = await settle(commits) {
      for index in results.indices { results[index] = .failure(failure) }
    }
    for (one, result) in zip(group, results) { one.end.resume(returning: result) }
  }

  private static func run(
    _ operation: @Sendable (inout Call) throws(AWSError) -> Reply, _ call: inout Call
  ) -> Result<Reply, AWSError> {
    do throws(AWSError) {
      return .success(try operation(&call))
    } catch {
      call.undo()
      return .failure(error)
    }
  }

  /// Makes commits durable, in a thread that may wait for the disk; returns why it could not.
  private nonisolated func keeping(_ commits: [CallRecord]) async -> String? {
    guard let keep else { return nil }
    return await withCheckedContinuation { end in
      disk.async {
        do {
          let start = ContinuousClock.now
          try keep(commits)
          CallMetrics.count(commit: ContinuousClock.now - start)
          end.resume(returning: nil)
        } catch {
          end.resume(returning: "\(error)")
        }
      }
    }
  }

  /// Told once, not for each call.
  private func note(_ failure: String?) {
    if let failure, failure != lastFailure {
      logger.error("what calls change is taken back, since it cannot be kept; answers go on: \(failure)")
    } else if failure == nil, lastFailure != nil {
      logger.notice("what calls change is kept again")
    }
    lastFailure = failure
  }

  /// Brings what calls have done to the disk and into the answers; else takes it back and returns why.
  private func settle(_ commits: [CallRecord]) async -> AWSError? {
    // While the disk turns, the tables are made.
    async let failure = keeping(commits)
    let snapshot = compilation.update(world, world.takeEffects())
    note(await failure)
    guard let failure = lastFailure else {
      publication.publish(snapshot)
      return nil
    }
    for differences in commits.reversed().map(\.differences) {
      world.restore(differences.map { ($0.id, $0.before) })
    }
    publication.publish(compilation.update(world, world.takeEffects()))
    return .internalFailure("The change could not be kept, and was taken back: \(failure)")
  }
}

/// What has to be kept of a call.
public struct CallRecord: Sendable {
  public var time: Timestamp
  public var caller: Caller
  /// Such as `ec2:EnableVpcClassicLink`.
  public var action: String
  public var differences: [Difference]
}
