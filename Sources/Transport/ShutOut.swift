// Who floods so much that its packets would fill the sockets for everybody else: for the rest of the second the kernel
// drops them, before they take any of a socket's memory.
import CLinux
import DNSWire

struct ShutOut: ~Copyable {
  private let list = FixedBuffer<cl_address>(repeating: cl_address(), count: Int(CL_SHUT_OUT_MOST))
  /// How many words of each count: the one of an IPv4 address, all four of an IPv6 address, or the two of its /64.
  private let words = FixedBuffer<UInt8>(repeating: 0, count: Int(CL_SHUT_OUT_MOST))
  private var count = 0
  /// The sockets do not know yet.
  private var isNew = false
  private(set) var total: UInt64 = 0

  var isEmpty: Bool { count == 0 }

  /// Adds the address, or its /64, while there is room.
  mutating func add(_ address: IPAddress, isSubnet: Bool = false) {
    guard count < list.count else { return }
    let bits = isSubnet ? 64 : address.isV6 ? 128 : 32
    for index in 0..<count where words[index] == bits / 32 {
      if unsafe IPAddress(list.start + index).prefix(bits) == address.prefix(bits) { return }
    }
    _ = unsafe address.write(port: 0, to: list.start + count)
    words[count] = UInt8(bits / 32)
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
      _ = unsafe cl_shut_out(pair.udp, listeners[index].address.isV6 ? 1 : 0, list.start, words.start, CInt(count))
    }
  }
}
