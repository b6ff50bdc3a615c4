// From a packet to its answer: the one way through the code for a question.
import DNSWire

public struct Tables: ~Copyable, Sendable {
  public init() {}
}

public struct Scratch: ~Copyable {
  public init() {}
}

/// Writes the answer to `packet` into `out` and returns its length; 0 means that no answer is sent.
@_noLocks
public func answer(
  _ tables: borrowing Tables, generation: UInt64, _ arrival: Arrival, packet: Span<UInt8>, scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) -> Int {
  guard packet.count >= Limits.headerOctets, out.count >= packet.count else { return 0 }
  for index in packet.indices { out[index] = packet[index] }
  out[2] |= 0x80
  return packet.count
}
