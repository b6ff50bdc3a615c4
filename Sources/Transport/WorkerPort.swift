// What a worker needs from the system and shows to other threads; made before its thread, so that it cannot fail there.
import CLinux
import Glibc
import Recursion
import Synchronization

final class WorkerPort: Sendable {
  let sockets: [SocketPair]
  let epoll: CInt
  /// Wakes the worker.
  let wake: CInt
  let connectionMemory: ReservedMemory
  let memo: ReservedMemory
  let counters = PublishedCounters()
  let strangers = ReportedSourceList()
  let throttled = ReportedSourceList()
  /// What all workers count together.
  let counts: SharedCounts
  /// Octets that this worker's connections may hold.
  let heldOctets: Int
  /// Where answers wait for the log; `nil` when there is none.
  let answers: AnswerRing?
  /// Asks other servers; `nil` when nobody is asked.
  let recursion: Recursion?
  private let isStopping = Atomic<Bool>(false)

  init(
    sockets: [SocketPair], connectionLimit: Int, heldOctets: Int, counts: SharedCounts, options: Server.Options
  ) throws(ServerError) {
    self.sockets = sockets
    self.counts = counts
    self.heldOctets = heldOctets
    let logsAnswers = options.logsAnswers
    do throws(RecursionError) {
      recursion = try options.forwarding.map { forwarding throws(RecursionError) in try Recursion(forwarding.recursion)
      }
    } catch {
      throw .recursion(error)
    }
    answers = logsAnswers ? AnswerRing() : nil
    connectionMemory = try ReservedMemory(octets: connectionLimit * Connections.slotOctets)
    memo = try ReservedMemory(octets: AnswerMemo.octets)
    epoll = cl_epoll_create()
    wake = cl_eventfd()
    guard epoll >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
    guard wake >= 0 else { throw .system(call: "eventfd", errno: errno) }
    for (index, pair) in sockets.enumerated() {
      try watch(pair.tcp, .connecting(listener: index))
    }
  }

  deinit {
    for descriptor in [epoll, wake] where descriptor >= 0 { _ = close(descriptor) }
  }

  private func watch(_ descriptor: CInt, _ event: WorkerEvent) throws(ServerError) {
    guard cl_epoll_add(epoll, descriptor, CL_READABLE, event.rawValue) == 0 else {
      throw .system(call: "epoll_ctl", errno: errno)
    }
  }

  var isAskedToStop: Bool { isStopping.load(ordering: .acquiring) }

  /// Wakes the worker.
  func signal() { cl_eventfd_signal(wake) }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    signal()
  }
}
