// A world on a stage: who asks what, and what is said, in one line that a person can read.
import DNSWire
import Foundation
import Resolution
import TestSupport
import WorldFile

/// A world as YAML, compiled. Every reply that it gives is held against what is true of all replies.
final class Stage {
  struct Fault: Error { let words: String }

  private let snapshot: Snapshot
  private var scratch = Scratch()

  /// `zones` are master files that the world names.
  init(_ world: String, zones: [String: String] = [:], switchedOff: Set<Rule> = []) throws {
    let files = [WorldTextFile(name: "world.yaml", text: world)]
    let folder = try Folder(files + zones.map { WorldTextFile(name: $0.key, text: $0.value) })
    let loaded: LoadedWorld
    do { loaded = try WorldFile.load([folder.path]) } catch {
      throw Fault(words: error.problems.map(\.description).joined(separator: "\n"))
    }
    snapshot = Compiler.compile(loaded.world, generation: 7, switchedOff: switchedOff)
  }

  init(_ snapshot: Snapshot) { self.snapshot = snapshot }

  /// The network of a VPC's own listener.
  func network(_ vpc: String) throws -> Network {
    guard let network = snapshot.tables.network(vpcID: vpc) else { throw Fault(words: "there is no \(vpc)") }
    return network
  }

  /// The octets that are sent back, none when nothing is. `leftover` stands in the buffer from an earlier message.
  func send(
    _ packet: [UInt8], from source: String, on network: Network = .any, isTCP: Bool = false,
    trustsSubnet: Bool = false, leftover: [UInt8] = []
  ) throws -> [UInt8] {
    guard let source = IPAddress(source) else { throw Fault(words: "\(source) is no address") }
    let arrival = Arrival(
      source: source, destination: .v4(IPv4Address(127, 0, 0, 1)), port: 5300, network: network, isTCP: isTCP,
      trustsClientSubnet: trustsSubnet)
    var octets = packet + leftover.dropFirst(packet.count)
    octets += [UInt8](repeating: 0, count: Limits.tcpOctets - octets.count)
    var out = octets.mutableSpan
    let length = answer(
      snapshot.tables, generation: snapshot.generation, arrival, messageOf: packet.count, in: &out, scratch: &scratch)
    return Array(octets[..<length])
  }

  /// The reply, `nil` when there is none.
  func reply(
    _ name: String, _ type: String = "A", from source: String, on network: Network = .any, isTCP: Bool = false,
    payload: UInt16? = 4096, class: UInt16 = 1
  ) throws -> Reply? {
    guard let number = Message.types[type] ?? UInt16(type.dropFirst(4)) else {
      throw Fault(words: "\(type) is no type")
    }
    let packet = Message.question(id: 0xbeef, name: name, type: number, class: `class`, payload: payload)
    let octets = try send(packet, from: source, on: network, isTCP: isTCP)
    if octets.isEmpty { return nil }
    let reply: Reply
    do { reply = try Reply(octets) } catch { throw Fault(words: "\(name) \(type): \(error.reason)") }
    try inspect(reply, size: octets.count, limit: isTCP ? Limits.tcpOctets : Int(payload ?? 512), asked: packet)
    return reply
  }

  /// What is said, as `Reply.words`; `silence` when nothing is.
  func ask(
    _ name: String, _ type: String = "A", from source: String, on network: Network = .any, isTCP: Bool = false
  ) throws -> String {
    try reply(name, type, from: source, on: network, isTCP: isTCP)?.words ?? "silence"
  }

  /// What is true of every reply: decision 3, RFC 2181 5 (no record twice), and its size.
  private func inspect(_ reply: Reply, size: Int, limit: Int, asked: [UInt8]) throws {
    guard size <= limit else { throw Fault(words: "\(size) octets, \(limit) are allowed") }
    guard reply.id == 0xbeef, reply.isResponse, reply.recursionAvailable, reply.recursionDesired,
      !reply.isAuthoritative, reply.flags & 0x20 == 0
    else { throw Fault(words: "id or flags: \(reply.flags)") }
    guard reply.question == Array(asked[12..<(12 + reply.question.count)]) else { throw Fault(words: "the question") }
    for section in [reply.answer, reply.authority, reply.additional] {
      guard Set(section).count == section.count,
        Set(section.map { "\($0.owner) \($0.type) \($0.text)" }).count == section.count
      else { throw Fault(words: "a record twice: \(reply.words)") }
    }
    for type in Set(reply.answer.map(\.type)) {
      for (owner, set) in Dictionary(grouping: reply.answer.filter { $0.type == type }, by: \.owner) {
        guard Set(set.map(\.ttl)).count == 1 else { throw Fault(words: "\(owner) has several TTLs: \(reply.words)") }
        guard type != 5 || set.count == 1 else { throw Fault(words: "\(owner) has several CNAMEs: \(reply.words)") }
      }
    }
  }
}

extension Reply {
  private static let codes = [0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"]
  private static let mnemonics = Dictionary(uniqueKeysWithValues: Message.types.map { ($1, $0) })

  /// `CODE: records; by zone TTL; EDE code`, as far as they are there. NOERROR with an SOA alone is called NODATA.
  var words: String {
    let soa = authority.first { $0.type == 6 }
    var code = Self.codes[responseCode] ?? (responseCode == 6 ? "YXDOMAIN" : "RCODE\(responseCode)")
    if responseCode == 0, answer.isEmpty, soa != nil { code = "NODATA" }
    if isTruncated { code += " TC" }
    if !answer.isEmpty { code += ": " + answer.map(\.words).joined(separator: ", ") }
    if let soa { code += "; by \(soa.owner.isEmpty ? "." : soa.owner) \(soa.ttl)" }
    if let extendedError { code += "; EDE \(extendedError.code)" }
    return code
  }

  /// The last field of each answer.
  var values: [String] { answer.map(\.text) }

  fileprivate static func mnemonic(_ type: UInt16) -> String { mnemonics[type] ?? "TYPE\(type)" }
}

extension Reply.Record {
  var words: String { "\(owner) \(ttl) \(Reply.mnemonic(type)) \(text)" }
}
