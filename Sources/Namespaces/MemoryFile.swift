// A file that only descriptors lead to, for what a program is to read at its start.
import CNamespaces
import Glibc

public enum MemoryFile {
  /// - Parameter text: Its text, from the number of its descriptor.
  /// - Returns: The descriptor; `nil` when the system has no such file.
  public static func open(_ text: (CInt) -> String) -> CInt? {
    let descriptor = ns_memory_file()
    guard descriptor >= 0 else { return nil }
    let octets = Array(text(descriptor).utf8)
    guard unsafe write(descriptor, octets, octets.count) == octets.count else {
      _ = close(descriptor)
      return nil
    }
    return descriptor
  }
}
