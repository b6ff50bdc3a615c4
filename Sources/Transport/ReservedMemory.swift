// The buffers of TCP connections: address space that costs memory only while a connection uses it.
import CLinux
import Glibc

/// Zeroed address space, given back with the last reference.
@safe final class ReservedMemory: @unchecked Sendable {
  // The worker that it was made for is the only one to read or write it.
  let start: UnsafeMutableRawPointer
  let octets: Int

  init(octets: Int) throws(ServerError) {
    guard let start = unsafe cl_reserve(octets) else { throw .system(call: "mmap", errno: errno) }
    unsafe self.start = unsafe start
    self.octets = octets
  }

  deinit { unsafe cl_release(start, octets) }
}
