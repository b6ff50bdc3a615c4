// A plain thread: the workers block in the kernel, which Swift's own pool is not made for.
import CLinux
import Glibc

public struct PosixThread: Sendable {
  private let handle: pthread_t

  private final class Work {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts `body` in a thread named `name` (at most 15 octets are shown). It inherits the blocked signals.
  public init(name: String, _ body: @escaping @Sendable () -> Void) throws(ServerError) {
    var handle = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(name: String(name.prefix(15)), body: body))
    let status = unsafe pthread_create(
      &handle, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let work = unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        unsafe work.name.withCString { unsafe cl_name_thread($0) }
        work.body()
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      unsafe work.release()
      throw ServerError.system(call: "pthread_create", errno: status)
    }
    self.handle = handle
  }

  /// Waits for the end of the thread. Each thread is joined or detached, once: else its stack stays when it has ended.
  public func join() { pthread_join(handle, nil) }

  /// Nobody will wait for it.
  public func detach() { pthread_detach(handle) }
}
