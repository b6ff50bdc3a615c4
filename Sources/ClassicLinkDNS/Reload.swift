// Reading the world again while the old one is served: in a thread of its own, so that a signal is heard meanwhile.
import CLinux
import ControlPlane
import Glibc
import Synchronization
import Transport
import WorldFile

/// One reading of the world at a time.
final class Reload: Sendable {
  struct Outcome: Sendable {
    var result: Result<ServedWorld, WorldProblems>
    /// The files as they looked just before they were read.
    var fingerprint: Fingerprint
  }

  /// Becomes readable when an outcome waits.
  let descriptor: CInt
  private let outcome = Mutex<Outcome?>(nil)
  private let explains: Bool
  private let steward: Steward?
  private let blankFiles: Mutex<Set<String>>

  /// - Parameters:
  ///   - explains: Answers carry their reason.
  ///   - loaded: The world that is served.
  init(explains: Bool, after loaded: ServedWorld) throws(ServerError) {
    self.explains = explains
    steward = loaded.steward
    blankFiles = Mutex(loaded.blankFiles)
    descriptor = cl_eventfd()
    guard descriptor >= 0 else { throw .system(call: "eventfd", errno: errno) }
  }

  deinit { _ = close(descriptor) }

  /// Starts to read `paths` with the overrides; `watched` are the files to look at.
  /// - Parameter listeners: Where questions come in: the world must have the VPCs that they belong to.
  func start(
    paths: [String], setting overrides: [Override], watched: [String], generation: UInt64, listeners: [Listener]
  ) throws(ServerError) {
    // Who stops the server does not wait for it.
    try PosixThread(name: "reload") { [self] in
      let fingerprint = Fingerprint(of: watched)
      let result = loadSnapshot(
        from: .files(paths), setting: overrides, generation: generation, explains: explains,
        keeper: steward.map { .steward($0, if: { missingVPCs(listeners, $0).isEmpty }) } ?? .nobody,
        blankBefore: blankFiles.withLock { $0 })
      if case .success(let loaded) = result { blankFiles.withLock { $0 = loaded.blankFiles } }
      outcome.withLock { $0 = Outcome(result: result, fingerprint: fingerprint) }
      cl_eventfd_signal(descriptor)
    }.detach()
  }

  func take() -> Outcome? {
    cl_eventfd_clear(descriptor)
    return outcome.withLock { outcome in
      defer { outcome = nil }
      return outcome
    }
  }
}
