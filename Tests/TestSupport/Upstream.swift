// Another server, for tests: it answers from a few records, or as badly as it is told to.
import Foundation
import Synchronization

public final class Upstream: Sendable {
  public enum Manner: Sendable {
    case good, silent, serverFailure
    /// Milliseconds before each answer.
    case slow(UInt32)
    /// Over UDP nothing but TC.
    case truncates
    /// A forged answer with another id right before the good one.
    case wrongIDFirst
    /// A forged answer to another question, once.
    case wrongQuestionOnce
    /// Nothing but forged answers.
    case wrongID
    /// Refuses every name that is not below `example`, as a server does that knows its own zone only.
    case ownZoneOnly
  }
  /// A question as it came.
  public struct Question: Hashable, Sendable {
    public var name: String
    public var type: UInt16
    public var isTCP: Bool
  }
  private struct Record { var owner: String, ttl: UInt32, type: UInt16, data: [UInt8] }
  private struct State { var manner: Manner, questions: [Question] = [], isStopping = false, running = 2 }

  public let port: UInt16
  private let records: [Record]
  private let state: Mutex<State>
  private let udp: Int32
  private let tcp: Int32

  /// - Parameter lines: `www.example.org 300 A 192.0.2.1`; types A, CNAME, DNAME, TXT (of one string), MX, SRV, NS, and
  ///   RRSIG of a CNAME. Every
  ///   other name does not exist; the SOA is that of `example`.
  /// - Parameter port: 0 for one of its own choice.
  public init(_ lines: [String], manner: Manner = .good, port: UInt16 = 0) throws {
    records = lines.map(Self.record)
    state = Mutex(State(manner: manner))
    (udp, tcp, self.port) = try Self.openPair(port)
    listen(tcp, 100)
    Thread.detachNewThread { [self] in serveDatagrams() }
    Thread.detachNewThread { [self] in serveStreams() }
  }

  /// Nobody is at the port any more when this returns.
  public func stop() {
    state.withLock { $0.isStopping = true }
    while state.withLock(\.running) > 0 { usleep(1000) }
  }

  /// Waits until there is something to read; false when the server is to stop, its socket being closed then.
  private func waits(for descriptor: Int32) -> Bool {
    while !state.withLock(\.isStopping) {
      var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&one, 1, 20) > 0 { return true }
    }
    close(descriptor)
    state.withLock { $0.running -= 1 }
    return false
  }

  public var text: String { "127.0.0.1:\(port)" }
  public var questions: [Question] { state.withLock(\.questions) }
  public func questions(for name: String) -> Int { questions.count { $0.name == name } }
  public func behave(_ manner: Manner) { state.withLock { $0.manner = manner } }

  /// UDP and TCP on one port; of one that was free for UDP, somebody may have the other.
  private static func openPair(_ wanted: UInt16) throws -> (udp: Int32, tcp: Int32, port: UInt16) {
    var tries = 0
    while true {
      var port = wanted
      let udp = try open(SOCK_DGRAM, &port)
      do {
        return (udp, try open(SOCK_STREAM, &port), port)
      } catch {
        close(udp)
        tries += 1
        guard wanted == 0, tries < 64 else { throw error }
      }
    }
  }

  private static func open(_ kind: __socket_type, _ port: inout UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(kind.rawValue), 0)
    // Connections of a server that was stopped; for datagrams it would let two servers have one port.
    var isOn: Int32 = kind == SOCK_STREAM ? 1 : 0
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(4))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let status = unsafe bind(descriptor, $0, length)
        unsafe getsockname(descriptor, $0, &length)
        return status
      }
    }
    let number = errno
    guard status == 0 else {
      close(descriptor)
      throw LoopbackSocket.Failed(what: "bind", code: number)
    }
    port = UInt16(bigEndian: address.sin_port)
    return descriptor
  }

  private func serveDatagrams() {
    var octets = [UInt8](repeating: 0, count: 4096)
    while waits(for: udp) {
      var peer = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let count = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe recvfrom(udp, &octets, octets.count, 0, $0, &length)
        }
      }
      guard count > 12 else { continue }
      let query = Array(octets[..<count])
      let to = peer
      let answer: @Sendable () -> Void = { [self] in
        for reply in replies(to: query, isTCP: false) {
          _ = unsafe withUnsafePointer(to: to) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
              unsafe sendto(udp, reply, reply.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
          }
        }
      }
      if case .slow(let milliseconds) = state.withLock(\.manner) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(milliseconds)), execute: answer)
      } else {
        answer()
      }
    }
  }

  private func serveStreams() {
    while waits(for: tcp) {
      let peer = accept(tcp, nil, nil)
      guard peer >= 0 else { continue }
      var octets = [UInt8](repeating: 0, count: 4096)
      let count = unsafe recv(peer, &octets, octets.count, 0)
      if count > 14 {
        for reply in replies(to: Array(octets[2..<count]), isTCP: true) {
          let framed = [UInt8(reply.count >> 8), UInt8(reply.count & 0xff)] + reply
          unsafe send(peer, framed, framed.count, Int32(MSG_NOSIGNAL))
        }
      }
      close(peer)
    }
  }

  /// What is sent for a query, in its order.
  private func replies(to query: [UInt8], isTCP: Bool) -> [[UInt8]] {
    var end = 12
    var labels: [String] = []
    while query[end] != 0 {
      labels.append(String(decoding: query[(end + 1)...(end + Int(query[end]))], as: UTF8.self).lowercased())
      end += Int(query[end]) + 1
    }
    let type = UInt16(query[end + 1]) << 8 | UInt16(query[end + 2])
    let name = labels.joined(separator: ".")
    let manner = state.withLock { state in
      state.questions.append(Question(name: name, type: type, isTCP: isTCP))
      defer { if case .wrongQuestionOnce = state.manner { state.manner = .good } }
      return state.manner
    }
    let question = Array(query[12..<(end + 5)])
    let good = answer(Array(query[0..<2]), question, name, type)
    let otherID = answer([query[0] ^ 0x55, query[1]], question, name, type, address: [192, 0, 2, 66])
    switch manner {
    case .good, .slow: return [good]
    case .ownZoneOnly:
      if name.hasSuffix("example") { return [good] }
      return [Array(query[0..<2]) + [0x81, 0x85, 0, 1, 0, 0, 0, 0, 0, 0] + question]
    case .silent: return []
    case .serverFailure: return [Array(query[0..<2]) + [0x81, 0x82, 0, 1, 0, 0, 0, 0, 0, 0] + question]
    case .truncates: return isTCP ? [good] : [Array(query[0..<2]) + [0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 0] + question]
    case .wrongID: return [otherID]
    case .wrongIDFirst: return [otherID, good]
    case .wrongQuestionOnce:
      let other = Self.wire("other.example") + question.suffix(4)
      return [answer(Array(query[0..<2]), other, "other.example", type, address: [192, 0, 2, 66])]
    }
  }

  /// The whole message: a chain of CNAME as far as it is known here, then the records, or the SOA.
  /// - Parameter address: Of a forged record in their place.
  private func answer(
    _ id: [UInt8], _ question: [UInt8], _ name: String, _ type: UInt16, address: [UInt8]? = nil
  ) -> [UInt8] {
    var found: [Record] = []
    var name = name
    if let address {
      found = [Record(owner: name, ttl: 300, type: 1, data: address)]
    } else {
      while found.count < 20, let alias = alias(of: name, type, &found) { name = Self.name(alias) }
      found += records.filter { $0.owner == name && ($0.type == type || type == 255) }
    }
    let isThere = address != nil || records.contains { $0.owner == name }
    let isNegative = address == nil && !found.contains { $0.type == type || type == 255 }
    let authority =
      isNegative
      ? [Record(owner: "example", ttl: 60, type: 6, data: [0, 0] + [UInt8](repeating: 0, count: 19) + [60])] : []
    // A chain that leaves what is here says nothing of its end.
    let code: UInt8 = isThere || !found.isEmpty ? 0 : 3
    var message: [UInt8] =
      id + [
        0x85, 0x80 | code, 0, 1, UInt8(found.count >> 8), UInt8(found.count & 0xff), 0, UInt8(authority.count), 0, 0,
      ]
    message += question
    for record in found + authority {
      message += Self.wire(record.owner)
      message += [UInt8(record.type >> 8), UInt8(record.type & 0xff), 0, 1]
      for shift in [24, 16, 8, 0] as [UInt32] { message.append(UInt8(truncatingIfNeeded: record.ttl >> shift)) }
      message += [UInt8(record.data.count >> 8), UInt8(record.data.count & 0xff)]
      message += record.data
    }
    return message
  }

  /// Where the name leads: its CNAME says so, with its signatures behind it, or a DNAME above it, from which one
  /// follows (RFC 6672 3.1).
  private func alias(of name: String, _ type: UInt16, _ found: inout [Record]) -> [UInt8]? {
    if type != 5, type != 255, let alias = records.first(where: { $0.owner == name && $0.type == 5 }) {
      found.append(alias)
      found += records.filter { $0.owner == name && $0.type == 46 }
      return alias.data
    }
    guard let above = records.first(where: { $0.type == 39 && name.hasSuffix("." + $0.owner) }) else { return nil }
    if !found.contains(where: { $0.type == 39 && $0.owner == above.owner }) { found.append(above) }
    let target = Self.wire(String(name.dropLast(above.owner.count)) + Self.name(above.data))
    found.append(Record(owner: name, ttl: above.ttl, type: 5, data: target))
    return type == 5 ? nil : target
  }

  private static func record(_ line: String) -> Record {
    let words = line.split(separator: " ").map(String.init)
    let type = Message.types[words[2]] ?? 0
    let data: [UInt8] =
      switch words[2] {
      case "A": words[3].split(separator: ".").compactMap { UInt8($0) }
      case "TXT": [UInt8(words[3].utf8.count)] + Array(words[3].utf8)
      // The type that is covered, and octets of the signature.
      case "RRSIG":
        [0, UInt8(Message.types[words[3]] ?? 0), 8, 2] + [UInt8](repeating: 0, count: 14) + wire("example")
          + [UInt8](repeating: 0, count: Int(words[4]) ?? 0)
      case "MX": [0, UInt8(words[3]) ?? 0] + wire(words[4])
      case "SRV": [0, 1, 0, 2, 0, UInt8(words[3]) ?? 0] + wire(words[4])
      default: wire(words[3])
      }
    return Record(owner: words[0], ttl: UInt32(words[1]) ?? 0, type: type, data: data)
  }

  private static func wire(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
  }

  private static func name(_ wire: [UInt8]) -> String {
    var labels: [String] = []
    var index = 0
    while wire[index] != 0 {
      labels.append(String(decoding: wire[(index + 1)...(index + Int(wire[index]))], as: UTF8.self))
      index += Int(wire[index]) + 1
    }
    return labels.joined(separator: ".")
  }
}
