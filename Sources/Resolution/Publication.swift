// The snapshot in force. Publishing is rare and takes a lock; looking whether it changed is one relaxed load.
import Synchronization

public final class Publication: Sendable {
  private let number: Atomic<UInt64>
  private let snapshot: Mutex<Snapshot>
  private let actions = Mutex<[ActionID: @Sendable () -> Void]>([:])

  public init(_ first: Snapshot) {
    number = Atomic(first.generation)
    snapshot = Mutex(first)
  }

  /// Generation of the snapshot in force. A worker compares it with its own after each batch arrives.
  public var generation: UInt64 { number.load(ordering: .acquiring) }

  public var current: Snapshot { snapshot.withLock { $0 } }

  /// Puts `next` in force: every question that is received after this returns is answered from it.
  public func publish(_ next: Snapshot) {
    snapshot.withLock { $0 = next }
    number.store(next.generation, ordering: .releasing)
    for action in actions.withLock({ Array($0.values) }) { action() }
  }

  /// Names an action, until it is forgotten.
  public struct ActionID: Hashable, Sendable { fileprivate var number: UInt64 }

  private let nextAction = Atomic<UInt64>(0)

  /// Does something after each publishing, such as waking who holds the snapshot before.
  @discardableResult
  public func whenPublished(_ action: @escaping @Sendable () -> Void) -> ActionID {
    let id = ActionID(number: nextAction.add(1, ordering: .relaxed).newValue)
    actions.withLock { $0[id] = action }
    return id
  }

  /// Does it no longer.
  public func forget(_ id: ActionID) { actions.withLock { $0[id] = nil } }
}
