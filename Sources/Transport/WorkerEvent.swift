// What an epoll event of a TCP socket is about, in the 64 bits that epoll carries for us.

enum WorkerEvent {
  case connecting(listener: Int)
  case connection(slot: Int, incarnation: UInt32)

  /// Bits of a slot's incarnation that an event carries: a slot is not used again 16 million times within one turn.
  static var incarnationMask: UInt32 { 0xff_ffff }

  var rawValue: UInt64 {
    switch self {
    case .connecting(let listener): UInt64(listener)
    case .connection(let slot, let incarnation):
      1 << 56 | UInt64(incarnation & Self.incarnationMask) << 32 | UInt64(slot)
    }
  }

  init(rawValue: UInt64) {
    let low = Int(rawValue & 0xffff_ffff)
    if rawValue >> 56 == 0 {
      self = .connecting(listener: low)
    } else {
      self = .connection(slot: low, incarnation: UInt32(truncatingIfNeeded: rawValue >> 32) & Self.incarnationMask)
    }
  }
}
