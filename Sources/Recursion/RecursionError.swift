// Why other servers cannot be asked.
import CUnbound
import Glibc

public enum RecursionError: Error, Hashable, Sendable {
  /// A system call failed for a reason that is not the user's.
  case system(call: String, errno: CInt)
  /// libunbound refuses a setting: its own words.
  case refused(setting: String, reason: String)
}

extension RecursionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let call, let number): unsafe "\(call): \(String(cString: strerror(number)))"
    case .refused(let setting, let reason): "\(setting): \(reason)"
    }
  }
}
