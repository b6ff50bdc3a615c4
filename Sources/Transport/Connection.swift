// What a worker knows of one TCP connection.
import DNSWire

/// One slot of the table.
struct Connection {
  /// -1 while the slot is free.
  var descriptor: CInt = -1
  /// Distinguishes the uses of a slot, so that an event of an earlier connection is not taken for one of this.
  var incarnation: UInt32 = 0
  var door = 0
  var source = IPAddress.v4(IPv4Address(rawValue: 0))
  var destination = IPAddress.v4(IPv4Address(rawValue: 0))
  var sourcePort: UInt16 = 0
  var input = 0..<0
  var output = 0..<0
  /// Whether these are in the connection's own memory, or in what all connections share.
  var ownsInput = false
  var ownsOutput = false
  /// The most that its own memory has held, to give it back.
  var outputMark = 0
  var inputMark = 0
  /// The peer sends no more, or may send no more: what is there is answered, then we close.
  var isEnding = false
  /// It comes from a proxy, which has not said yet for whom.
  var awaitsHeader = false
  var interest: UInt32 = 0
  /// Questions that wait for other servers.
  var waiting = 0
  /// Who has it among its connections, by `SharedCounts.hash`; `nil` while nobody is known.
  var client: UInt64?
  /// Coarse milliseconds. Only a question that gets an answer, and an output that is taken to its end, count as
  /// progress: a peer that sends or reads an octet now and then is idle.
  var openedAt: Int64 = 0
  var progressAt: Int64 = 0
}
