// From a packet to its answer: the one way through the code for a question.
import DNSWire

public struct Tables: ~Copyable, Sendable {
  public init() {}
}

extension Tables {
  /// The network of a packet that was sent to `destination` (world.md 2.1).
  public borrowing func network(destination: IPAddress) -> Network { .any }

  /// The VPC of this id; `nil` when the world has none.
  public borrowing func network(vpcID: String) -> Network? { nil }
}

public struct Scratch: ~Copyable {
  /// The asker of the last answer is in no table: the internet's view was given (world.md 2.6).
  public var lastAskerWasUnknown = false

  public init() {}
}

/// Writes the answer to `packet` into `out` and returns its length; 0 means that no answer is sent.
@_noLocks
public func answer(
  _ tables: borrowing Tables, generation: UInt64, _ arrival: Arrival, packet: Span<UInt8>, scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) -> Int {
  scratch.lastAskerWasUnknown = true
  guard packet.count >= Limits.headerOctets, out.count >= packet.count else { return 0 }
  for index in packet.indices { out[index] = packet[index] }
  out[2] |= 0x80
  return packet.count
}
