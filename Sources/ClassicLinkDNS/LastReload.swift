// What came of the last reading of the world, for probes and Prometheus: the old world goes on either way.
import Synchronization

final class LastReload: Sendable {
  private let state = Mutex<String?>(nil)

  /// Its first problem, with its place; `nil` when there was none.
  var problem: String? { state.withLock { $0 } }

  func ended(_ problems: [String]) { state.withLock { $0 = problems.first } }
}
