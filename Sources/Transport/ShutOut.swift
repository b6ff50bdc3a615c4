// Who floods so much that its packets would fill the sockets for everybody else: for the rest of the second the kernel
// drops them, before they take any of a socket's memory.
import CLinux
import DNSWire

struct ShutOut: ~Copyable {
  private let list = FixedBuffer<cl_address>(repeating: cl_address(), count: Int(CL_SHUT_OUT_MOST))
  private var count = 0
  /// The sockets do not know yet.
  private var isNew = false
  private(set) var total: UInt64 = 0

  var isEmpty: Bool { count == 0 }

  /// Adds the address, while there is room.
  mutating func add(_ address: IPAddress) {
    guard count < list.count else { return }
    for index in 0..<count where unsafe IPAddress(list.start + index) == address { return }
    _ = unsafe address.write(port: 0, to: list.start + count)
    count &+= 1
    total &+= 1
    isNew = true
  }

  /// Lets everybody in again.
  mutating func end() {
    count = 0
    isNew = true
  }

  /// Tells the sockets, if there is something new. One that takes no filter drops nothing, and we drop later.
  mutating func apply(to sockets: [SocketPair], of listeners: [Listener]) {
    guard isNew else { return }
    isNew = false
    for (index, pair) in sockets.enumerated() {
      _ = unsafe cl_shut_out(pair.udp, listeners[index].address.isV6 ? 1 : 0, list.start, CInt(count))
    }
  }
}
