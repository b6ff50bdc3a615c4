// A TCP connection: octets that come in pieces of any size are cut into the messages that they are, and each gets the
// answer that it gets by itself.
import DNSWire
import Glibc
import Readers
import Resolution
import Transport

public final class StreamReader: Reader {
  public static let name = "stream"

  private let snapshot = Compiler.compile(Sample.world, generation: 1)
  private var conversation: Conversation
  private let proxy = IPv4Address(127, 0, 1, 11)
  private let client = IPv4Address(127, 0, 1, 12)
  private var scratch = Scratch.ofServer()
  private var room = [UInt8](repeating: 0, count: Limits.tcpOctets)
  private var received: [UInt8] = []
  private var expected: [UInt8] = []
  private var piece = [UInt8](repeating: 0, count: 1 << 16)

  public init() {
    do throws(ServerError) {
      conversation = try Conversation(
        snapshot, at: .standard, proxies: [.v4(proxy...proxy)], manners: .ofServer())
    } catch {
      fatalError("\(error)")
    }
  }

  /// Whether a proxy asks, how many sizes of pieces follow, the sizes, and what the peer sends in such pieces.
  public func read(_ octets: Span<UInt8>) throws(Breach) {
    var input = Input()
    let isProxied = input.octet(octets) & 1 != 0
    let sizes = (0..<Int(input.octet(octets) & 15)).map { _ in max(1, Int(input.octet(octets))) }
    let stream = octets.extracting(input.rest(octets))
    let source = isProxied ? proxy : client
    expect(stream, from: .v4(source), isProxied: isProxied)
    received.removeAll(keepingCapacity: true)
    try converse(stream, inPiecesOf: sizes, from: .v4(source))
    try demand(received == expected, "\(received.count) octets came back, not the \(expected.count) expected")
  }

  /// What each message of the stream gets by itself.
  private func expect(_ stream: Span<UInt8>, from source: IPAddress, isProxied: Bool) {
    expected.removeAll(keepingCapacity: true)
    var source = source
    var start = 0
    if isProxied {
      guard case .header(let header) = ProxyHeader.read(stream) else { return }
      source = header.source ?? source
      start = header.length
    }
    let arrival = conversation.arrival(from: source)
    while start + 2 <= stream.count {
      let size = Int(stream[start]) << 8 | Int(stream[start + 1])
      guard start + 2 + size <= stream.count else { return }
      for index in 0..<size { room[index] = stream[start + 2 + index] }
      let count = Self.ask(snapshot, arrival, size, &scratch, &room)
      if count > 0 { expected += [UInt8(count >> 8), UInt8(count & 255)] + room[..<count] }
      start += 2 + size
    }
  }

  private static func ask(
    _ snapshot: Snapshot, _ arrival: Arrival, _ size: Int, _ scratch: inout Scratch, _ room: inout [UInt8]
  ) -> Int {
    var span = room.mutableSpan
    return answer(snapshot.tables, generation: 1, arrival, messageOf: size, in: &span, scratch: &scratch)
  }

  private func converse(
    _ stream: Span<UInt8>, inPiecesOf sizes: [Int], from source: IPAddress
  ) throws(Breach) {
    var pair: (CInt, CInt) = (-1, -1)
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let status = unsafe withUnsafeMutableBytes(of: &pair) {
      unsafe socketpair(AF_UNIX, kind, 0, $0.baseAddress?.assumingMemoryBound(to: CInt.self))
    }
    try demand(status == 0, "no sockets: \(errno)")
    defer { close(pair.1) }
    conversation.open(pair.0, from: source)
    defer { conversation.end() }
    var sent = 0
    var round = 0
    while sent < stream.count, conversation.isOpen {
      let size = min(sizes.isEmpty ? stream.count : sizes[round % sizes.count], stream.count - sent)
      let count = unsafe stream.extracting(sent..<sent + size).withUnsafeBufferPointer {
        unsafe send(pair.1, $0.baseAddress, size, CInt(MSG_NOSIGNAL))
      }
      if count > 0 { sent += count }
      round += 1
      try takeTurns(pair.1)
    }
    shutdown(pair.1, CInt(SHUT_WR))
    try takeTurns(pair.1)
    try demand(!conversation.isOpen, "the connection is still open at its end")
  }

  /// Turns until there is nothing more to do, the peer taking what comes.
  private func takeTurns(_ peer: CInt) throws(Breach) {
    var turns = 0
    var hasWork = true
    while hasWork {
      hasWork = conversation.turn()
      while true {
        let count = unsafe recv(peer, &piece, piece.count, 0)
        guard count > 0 else { break }
        received += piece[..<count]
        hasWork = true
      }
      turns += 1
      try demand(turns < 100_000, "turns without an end")
    }
  }
}
