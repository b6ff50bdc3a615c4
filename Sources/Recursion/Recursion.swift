// Names that are not ours, by libunbound: forwarding or full recursion with its cache, validation, 0x20, port
// randomisation and retry. One thread owns all of it; a name in the cache is answered inside the call.
import CUnbound
import CUnboundLoop
import DNSWire
import Glibc

/// Asks other servers for one thread.
@safe public final class Recursion: @unchecked Sendable {
  // It is made before its thread, which alone uses it from then on.
  public struct Options: Sendable, Hashable {
    /// The servers of row 0; empty when names are looked for from the root servers on.
    public var servers: [ServerAddress] = []
    /// Answers are validated (RFC 4035 5).
    public var validates = false
    /// A zone file with DS or DNSKEY records of what is trusted.
    public var trustAnchorFile: String?
    /// A zone file with the root servers; `nil` for those that libunbound knows.
    public var rootHintsFile: String?
    /// Where no server answers, what has expired does (RFC 8767).
    public var servesStale = false
    /// One program asks: a cache for some thousand names is enough, for every set of servers.
    public var isForOneClient = false

    public init() {}
  }

  /// What DNSSEC says of an answer.
  public enum Security: Sendable {
    case unchecked, bogus, secure
  }

  /// What other servers say.
  public enum Reply: Sendable {
    /// A whole message; its id and OPT record mean nothing, names in it may be compressed.
    case message([UInt8], Security)
    /// No server answered, or none with anything but a failure.
    case failure
  }

  public enum Outcome {
    /// At once, from the cache as a rule.
    case answered(Reply)
    /// `takeArrived` has it later, under this number, which is below `RecursionLimits.waiting`.
    case waiting(Int)
    /// The question was not sent: no context or no place for it.
    case notAsked
  }

  /// A question that is being asked.
  @safe fileprivate struct Inquiry {
    var owner: Unmanaged<Recursion>
    var context = -1
  }

  private let options: Options
  private let loop: OpaquePointer
  private let inquiries: UnsafeMutablePointer<Inquiry>
  private var free: [Int32]
  /// Presentation text of the name that is asked for: four octets at most for one of the name, and a zero.
  private let nameText: UnsafeMutablePointer<CChar>
  private var contexts: [UpstreamContext?] = []
  /// The servers of each row, and the context that asks them, -1 while there is none.
  private var rows: [[ServerAddress]] = []
  private var contextOfRow: [Int] = []
  private var uses: UInt64 = 0
  /// While `ask` is in the library: its inquiry, and what came back already.
  private var asking = -1
  private var reply: Reply?
  private var arrived: [(inquiry: Int, reply: Reply)] = []
  private var isEnding = false

  /// Makes the context of row 0, so that what is wrong with the options comes out now.
  public init(_ options: Options) throws(RecursionError) {
    self.options = options
    guard let loop = unsafe cul_loop_create() else { throw .system(call: "epoll_create1", errno: errno) }
    unsafe self.loop = unsafe loop
    unsafe inquiries = .allocate(capacity: RecursionLimits.waiting)
    unsafe nameText = .allocate(capacity: 4 * Limits.nameOctets + 1)
    free = (0..<Int32(RecursionLimits.waiting)).reversed()
    let owner = unsafe Unmanaged.passUnretained(self)
    for index in 0..<RecursionLimits.waiting {
      unsafe (inquiries + index).initialize(to: Inquiry(owner: owner))
    }
    use([])
    contexts = [try makeContext(options.servers, isRule: false)]
    contextOfRow = [0]
  }

  deinit {
    // The library calls back for what it drops.
    isEnding = true
    contexts = []
    unsafe cul_loop_free(loop)
    unsafe inquiries.deallocate()
    unsafe nameText.deallocate()
  }

  /// Becomes readable when `turn` has something to do.
  public var descriptor: CInt { unsafe cul_loop_descriptor(loop) }

  /// Milliseconds until `turn` has something to do in any case; `nil` when it has not.
  public var due: Int64? {
    // A question that was asked just now may have brought about the answer to another.
    guard arrived.isEmpty else { return 0 }
    let left = unsafe cul_loop_due(loop)
    return left < 0 ? nil : left
  }

  /// Questions that wait for other servers.
  public var waitingCount: Int { RecursionLimits.waiting - free.count }
  /// Questions that may still be put to the servers of a row, before the ones that wait are answered.
  public func room(of row: Int) -> Int {
    guard rows.indices.contains(row), contextOfRow[row] >= 0, let context = contexts[contextOfRow[row]] else {
      return free.count
    }
    return min(free.count, context.size.places - context.waiting)
  }
  public var contextCount: Int { contexts.count { $0 != nil } }

  /// The servers of each row from now on, those of row 0 being set for good. Questions that are being asked stay.
  public func use(_ sets: [[ServerAddress]]) {
    let new = [options.servers] + sets.dropFirst()
    guard new != rows else { return }
    rows = new
    contextOfRow = new.indices.map { row in contexts.firstIndex { asks($0, for: row) } ?? -1 }
  }

  /// Whether a context asks the servers of a row, and believes them as that row does.
  private func asks(_ context: UpstreamContext?, for row: Int) -> Bool {
    guard let context, rows.indices.contains(row), context.servers == rows[row] else { return false }
    return !options.validates || context.isRule == (row != 0)
  }

  /// The row of the servers that an inquiry asks; `nil` when they are in none any more.
  /// - Parameter asked: The row that it was asked for: the one, as long as that has these servers. Rows may be equal.
  public func row(of inquiry: Int, askedFor asked: Int) -> Int? {
    let context = unsafe inquiries[inquiry].context
    guard contexts.indices.contains(context) else { return nil }
    if asks(contexts[context], for: asked) { return asked }
    return rows.indices.first { asks(contexts[context], for: $0) }
  }

  /// Asks the servers of a row for the records of a name.
  public func ask(_ name: inout FoldedName, _ type: RecordType, of row: Int) -> Outcome {
    guard let place = place(of: row), let context = contexts[place], context.waiting < context.size.places,
      let number = free.popLast()
    else { return .notAsked }
    let inquiry = Int(number)
    uses &+= 1
    context.lastUse = uses
    context.waiting += 1
    unsafe inquiries[inquiry].context = place
    writeText(&name)
    asking = inquiry
    let status = unsafe ub_resolve_event(
      context.pointer, nameText, CInt(type.rawValue), CInt(RecordClass.in.rawValue), inquiries + inquiry, whenAnswered,
      nil)
    asking = -1
    if status != 0 {
      reply = nil
      release(inquiry)
      return .notAsked
    }
    guard let reply else { return .waiting(inquiry) }
    self.reply = nil
    release(inquiry)
    return .answered(reply)
  }

  /// Reads what other servers have sent, and gives up on those that have not; never waits.
  public func turn() { unsafe cul_loop_turn(loop) }

  /// What has come for inquiries that waited, in its order, and of much the first. Each number is free for another
  /// question after `release`.
  public func takeArrived() -> [(inquiry: Int, reply: Reply)] {
    guard !arrived.isEmpty else { return [] }
    let count = min(arrived.count, RecursionLimits.arrivalsATurn)
    defer { arrived.removeFirst(count) }
    return Array(arrived[..<count])
  }

  public func release(_ inquiry: Int) {
    unsafe contexts[inquiries[inquiry].context]?.waiting -= 1
    unsafe inquiries[inquiry].context = -1
    free.append(Int32(inquiry))
  }

  fileprivate func receive(_ inquiry: UnsafeMutablePointer<Inquiry>, _ reply: Reply) {
    guard !isEnding else { return }
    let number = unsafe inquiry - inquiries
    if number == asking { self.reply = reply } else { arrived.append((number, reply)) }
  }

  // Contexts

  /// Where the context of a row is; it is made at its first question.
  private func place(of row: Int) -> Int? {
    guard rows.indices.contains(row) else { return nil }
    if contextOfRow[row] < 0 { contextOfRow[row] = newPlace(for: row) ?? -1 }
    return contextOfRow[row] < 0 ? nil : contextOfRow[row]
  }

  private func newPlace(for row: Int) -> Int? {
    if let known = contexts.firstIndex(where: { asks($0, for: row) }) { return known }
    var place = contexts.count
    if place == RecursionLimits.contexts {
      // Row 0 stays; of the others, one that has been asked just now may be asked again.
      let idle = contexts.indices.dropFirst().filter { contexts[$0]?.waiting == 0 }
      guard let oldest = idle.min(by: { contexts[$0]?.lastUse ?? 0 < contexts[$1]?.lastUse ?? 0 }) else { return nil }
      place = oldest
      for row in contextOfRow.indices where contextOfRow[row] == place { contextOfRow[row] = -1 }
      contexts[place] = nil
    }
    guard let context = try? makeContext(rows[row], isRule: row != 0) else { return nil }
    if place == contexts.count { contexts.append(context) } else { contexts[place] = context }
    return place
  }

  private func makeContext(_ servers: [ServerAddress], isRule: Bool) throws(RecursionError) -> UpstreamContext {
    try unsafe UpstreamContext(servers, isRule: isRule, options, on: loop)
  }

  /// Letters, digits, `-` and `_` as they are, other octets as `\DDD`.
  private func writeText(_ name: inout FoldedName) {
    var end = 0
    func put(_ octet: UInt8) {
      unsafe nameText[end] = CChar(bitPattern: octet)
      end &+= 1
    }
    for label in 0..<name.labelCount {
      for index in 0..<name.labelLength(label) {
        let octet = name.octet(index, ofLabel: label)
        switch octet {
        case 0x30...0x39, 0x61...0x7a, 0x2d, 0x5f: put(octet)
        default:
          put(UInt8(ascii: "\\"))
          put(0x30 &+ octet / 100)
          put(0x30 &+ octet / 10 % 10)
          put(0x30 &+ octet % 10)
        }
      }
      put(UInt8(ascii: "."))
    }
    if end == 0 { put(UInt8(ascii: ".")) }
    put(0)
  }
}

/// The library's callback. Where `code` says that there is no answer, nothing may be read.
private func whenAnswered(
  _ argument: UnsafeMutableRawPointer?, _ code: CInt, _ packet: UnsafeMutableRawPointer?, _ length: CInt,
  _ security: CInt, _ reason: UnsafeMutablePointer<CChar>?, _ wasLimited: CInt
) {
  guard let inquiry = unsafe argument?.assumingMemoryBound(to: Recursion.Inquiry.self) else { return }
  let recursion = unsafe inquiry.pointee.owner.takeUnretainedValue()
  guard code == 0, let packet = unsafe packet, length >= CInt(Limits.headerOctets) else {
    return unsafe recursion.receive(inquiry, .failure)
  }
  let octets = unsafe Array(UnsafeRawBufferPointer(start: packet, count: Int(length)))
  // A failure that the cache remembers comes as a message.
  guard UInt16(octets[3] & 0x0f) != ResponseCode.servFail.rawValue else {
    return unsafe recursion.receive(inquiry, .failure)
  }
  unsafe recursion.receive(inquiry, .message(octets, security == 1 ? .bogus : security == 2 ? .secure : .unchecked))
}
