// One call while it is carried out: it reads the world, changes it, and can be taken back whole.
import Cloud
import DNSWire

/// What an operation works on. It is handed from operation to operation, never copied: a copy of the world would be one
/// of a million instances at the next change.
struct Call: ~Copyable {
  private(set) var world: World
  var allocator: Allocator
  var terminated: RecentlyTerminated
  private let terminatedBefore: RecentlyTerminated
  let caller: Caller
  let now: Timestamp
  /// What has been touched, as it was before the call, in the order of the first touch.
  private(set) var before: [(id: ResourceID, resource: Resource?)] = []
  private var touched: Set<ResourceID> = []

  init(
    world: consuming World, allocator: Allocator, terminated: RecentlyTerminated, caller: Caller, now: Timestamp
  ) {
    self.world = world
    self.allocator = allocator
    self.terminated = terminated
    terminatedBefore = terminated
    self.caller = caller
    self.now = now
  }

  var region: Region { caller.region }

  /// Makes one change. What the world refuses is an AWS error, by the codes of semantics 4.3 and 4.4.
  mutating func apply(_ change: Change) throws(AWSError) {
    for id in world.touched(by: change) where touched.insert(id).inserted { before.append((id, world[id])) }
    do throws(Refusal) {
      try world.apply(change)
    } catch {
      throw AWSError(error, in: world)
    }
  }

  /// Sets everything back to how it was before the call.
  mutating func undo() {
    guard !before.isEmpty else { return }
    world.restore(before.map { ($0.id, $0.resource) })
    terminated = terminatedBefore
    before = []
    touched = []
  }

  /// Gives the world back, and what the call has done to it.
  consuming func end() -> (World, Allocator, RecentlyTerminated, [Difference]) {
    let differences = before.compactMap { entry -> Difference? in
      let after = world[entry.id]
      return entry.resource == after ? nil : Difference(id: entry.id, before: entry.resource, after: after)
    }
    return (world, allocator, terminated, differences)
  }
}

/// A resource that a call has made, changed or removed.
public struct Difference: Sendable {
  public var id: ResourceID
  /// `nil`: it is new.
  public var before: Resource?
  /// `nil`: it is gone.
  public var after: Resource?
}
