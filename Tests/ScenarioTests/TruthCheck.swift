// Holds a reply against what the table says, and says in words what differs.
import TestSupport

extension TruthWorld.Case {
  func packet(id: UInt16) -> [UInt8] { Message.question(id: id, name: question, type: Message.types[type] ?? 0) }

  /// What is wrong with the reply to `asked`; `nil` when it is true. An empty reply is none.
  func fault(in octets: [UInt8], asked: [UInt8]) -> String? {
    guard let expectation else { return octets.isEmpty ? nil : "answered, where the resolver is silent" }
    guard !octets.isEmpty else { return "no answer" }
    let reply: Reply
    do { reply = try Reply(octets) } catch { return "not a DNS message: \(error.reason)" }
    guard reply.id == UInt16(asked[0]) << 8 | UInt16(asked[1]) else { return "another id" }
    guard reply.question == Array(asked[12...]) else { return "another question" }
    // Decision 3.
    guard reply.isResponse, reply.recursionDesired, reply.recursionAvailable, !reply.isAuthoritative else {
      return "flags \(String(reply.flags, radix: 16))"
    }
    guard reply.responseCode == expectation.responseCode else {
      return "RCODE \(reply.responseCode), expected \(expectation.responseCode)"
    }
    return fault(in: reply, expectation.answer)
  }

  private func fault(in reply: Reply, _ expected: Expectation.Answer) -> String? {
    switch expected {
    case .nothing(let soa):
      if !reply.answer.isEmpty { return "\(reply.answer.count) answers where there are none" }
      let found = reply.authority.filter { $0.type == Message.types["SOA"] }.count
      return soa && found != 1 ? "\(found) SOA records in the authority section" : nil
    case .pointer(let name, let ttl):
      let pointers = reply.answer.filter { $0.type == Message.types["PTR"] }
      guard pointers.map(\.target) == [name] else { return "PTR \(pointers.map { $0.target ?? "" }), expected \(name)" }
      return pointers[0].ttl == ttl ? nil : "TTL \(pointers[0].ttl), expected \(ttl)"
    case .addresses(let addresses, let oneIsEnough, let owners, let ttl):
      let end = chainEnd(reply)
      let records = reply.answer.filter { $0.type == Message.types[type] }
      let found = Set(records.map { Octets($0.data) })
      let isTrue = oneIsEnough ? !found.isEmpty && found.isSubset(of: addresses) : found == addresses
      guard isTrue else {
        return "\(found.map(\.description).sorted()), expected \(addresses.map(\.description).sorted())"
      }
      guard owners.contains(end), records.allSatisfy({ $0.owner == end }) else {
        return "the chain ends at \(end), expected \(owners)"
      }
      return records.allSatisfy { $0.ttl == ttl } ? nil : "TTL \(records.map(\.ttl)), expected \(ttl)"
    }
  }

  /// Follows the CNAME records of the answer section from the question.
  private func chainEnd(_ reply: Reply) -> String {
    var name = question.lowercased()
    for _ in reply.answer {
      guard let next = reply.answer.first(where: { $0.owner == name && $0.type == Message.types["CNAME"] })?.target
      else { break }
      name = next
    }
    return name
  }
}
