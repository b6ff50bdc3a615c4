// Why a server could not start.
import CLinux
import DNSWire
import Glibc
import Recursion

public enum ServerError: Error, Hashable, Sendable {
  case noListener
  case tooManyListeners(Int)
  case workersOutOfRange(Int)
  /// One address and port was asked for twice.
  case listenerTwice(Listener)
  /// Another socket has the port; `transport` is `UDP` or `TCP`.
  case portTaken(Listener, transport: String)
  /// A port below 1024 without the right to it, as a rule.
  case noPermission(Listener)
  /// No interface of this machine has the address.
  case addressNotAvailable(Listener)
  /// A question would come back to this server for ever.
  case upstreamIsOwn(ServerAddress)
  /// Other servers cannot be asked.
  case recursion(RecursionError)
  /// A system call failed for a reason that is not the user's.
  case system(call: String, errno: CInt)
}

extension ServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noListener: "there is nothing to listen on"
    case .tooManyListeners(let count): "\(count) listeners are too many; \(Server.listenerLimit) are the most"
    case .workersOutOfRange(let count): "\(count) workers; the number is from 1 to \(TransportLimits.workers)"
    case .listenerTwice(let listener): "\(listener) is asked for twice"
    case .portTaken(let listener, let transport): "\(listener): another program has this \(transport) port"
    case .noPermission(let listener):
      listener.port < 1024
        ? "\(listener): no permission for a port below 1024 (root, or setcap cap_net_bind_service=+ep on the program)"
        : "\(listener): no permission"
    case .addressNotAvailable(let listener): "\(listener): no interface of this machine has the address"
    case .upstreamIsOwn(let address):
      "the upstream \(address) is this very server: a question would come back to it for ever"
    case .recursion(let error): "\(error)"
    case .system(let call, let number): "\(call): \(errorText(number))"
    }
  }
}

/// The system's own words for an error number.
func errorText(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }
