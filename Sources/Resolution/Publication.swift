// The snapshot in force. Publishing is rare and takes a lock; looking whether it changed is one relaxed load.
import Synchronization

public final class Publication: Sendable {
  private let number: Atomic<UInt64>
  private let snapshot: Mutex<Snapshot>
  private let actions = Mutex<[@Sendable () -> Void]>([])

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
    for action in actions.withLock({ $0 }) { action() }
  }

  /// Does something after each publishing, such as waking who holds the snapshot before.
  public func whenPublished(_ action: @escaping @Sendable () -> Void) { actions.withLock { $0.append(action) } }
}
