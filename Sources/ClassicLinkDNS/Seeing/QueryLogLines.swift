// The lines of the query log: Route 53 Resolver's fields (semantics 3.5), and ours under one key (docs/query-log.md).
import ControlPlane
import DNSWire
import Recursion
import Resolution
import Transport
import WorldFile
import ZoneFile

/// Lines that wait to be written together, and what they are made with.
struct QueryLogLines: ~Copyable {
  private var lines = JSONLines()
  private let listeners: [Listener]
  private let trusted: [AddressRange]
  /// The servers of names that no rule forwards.
  private let upstreams: [ServerAddress]
  private var snapshot: Snapshot
  private var doors: Doors
  private var scratch = Scratch()
  /// Where a question is decided again.
  private var message = [UInt8](repeating: 0, count: Limits.tcpOctets)
  /// The text of the second that the last line has.
  private var second: (number: Int64, text: String) = (.min, "")

  init(_ listeners: [Listener], _ options: Server.Options, _ snapshot: Snapshot) {
    self.listeners = listeners
    trusted = options.trustedForClientSubnet
    upstreams = options.forwarding?.recursion.servers ?? []
    scratch.reach = options.forwarding?.reach ?? .nothing
    self.snapshot = snapshot
    doors = Doors(listeners, trusting: trusted, snapshot.tables)
  }

  var generation: UInt64 { snapshot.generation }

  /// Takes another snapshot to find askers in.
  mutating func renew(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    doors = Doors(listeners, trusting: trusted, snapshot.tables)
  }

  var octets: [UInt8] { lines.octets }
  var count: Int { lines.count }

  mutating func removeAll() { lines.removeAll() }

  /// Adds the line of an answer.
  /// - Parameters:
  ///   - answer: Its octets, or the first of them.
  ///   - time: Milliseconds since 1970.
  mutating func add(_ note: AnswerNote, _ answer: Span<UInt8>, at time: Int64) {
    var octets: [UInt8] = []
    octets.reserveCapacity(answer.count)
    for index in answer.indices { octets.append(answer[index]) }
    let isCut = answer.count < Int(note.count)
    // The answer is ours: it can be read.
    guard let response = Response(octets, isCut: isCut) else { return }
    let arrival = doors.arrival(of: note, snapshot.tables)
    let named = arrival.trustsClientSubnet ? response.clientSubnet : nil
    let asker = snapshot.tables.asker(source: named ?? note.source, network: arrival.network)
    // In another snapshot the asker may be somebody else, and another rule decide.
    let isOfSnapshot = note.generation == generation
    let decided =
      isOfSnapshot ? rules(snapshot, asker, arrival, response.question, answer, in: &message, scratch: &scratch) : nil
    let facts = Facts(
      note: note, response: response, isCut: isCut, time: text(ofTime: time), source: named ?? note.source,
      forwarder: named == nil ? nil : note.source, origin: isOfSnapshot ? snapshot.tables.origin(of: asker) : nil,
      network: isOfSnapshot ? network(arrival.network) : nil, listener: listeners[Int(note.listener)],
      rules: decided?.rules,
      upstreams: decided.map { texts(of: $0.targets) } ?? [])
    lines.add(facts.write)
  }

  /// The servers of rows of the tables, each once.
  private func texts(of rows: [UInt32]) -> [String] {
    var texts: [String] = []
    for row in rows {
      let servers = row == 0 ? upstreams : snapshot.tables.targetSets[Int(row)]
      // Nobody in particular is asked with --recurse.
      for text in servers.isEmpty ? ["root"] : servers.map(\.description) where !texts.contains(text) {
        texts.append(text)
      }
    }
    return texts
  }

  private mutating func text(ofTime time: Int64) -> String {
    let number = time / 1000
    if second.number != number { second = (number, "\(Timestamp(milliseconds: time).description.prefix(19))Z") }
    return second.text
  }

  private func network(_ network: Network) -> String {
    network == .classic ? "classic" : snapshot.tables.vpcID(of: network) ?? "any"
  }
}

/// The rule of each name of the chain, the last being the one that decided. The answer does not say; the question is
/// decided again, which costs less than to write the line; what other servers said stands in the answer.
/// - Parameter message: Room for the longest answer.
/// - Returns: With the rules the rows of the servers that were asked.
private func rules(
  _ snapshot: Snapshot, _ asker: Asker, _ arrival: Arrival, _ question: Response.Question?,
  _ given: Span<UInt8>, in message: inout [UInt8], scratch: inout Scratch
) -> (rules: [Rule], targets: [UInt32]) {
  guard let question, question.recordClass == .in else { return ([], []) }
  let query = Query.message(name: question.name, type: question.type)
  message.replaceSubrange(0..<query.count, with: query)
  var room = message.mutableSpan
  _ = answer(
    snapshot.tables, generation: snapshot.generation, arrival, messageOf: query.count, in: &room, from: asker,
    scratch: &scratch)
  var targets: [UInt32] = []
  while let need = scratch.need {
    targets.append(need.targets)
    scratch.answers.add(message: given, to: &scratch.name, need.type, of: need.targets, isSecure: false)
    _ = answerAgain(
      snapshot.tables, generation: snapshot.generation, arrival, in: &room, from: asker, scratch: &scratch)
  }
  scratch.answers.removeAll()
  return ((0..<scratch.hopCount).map { scratch.hops[$0].rule }, targets)
}

/// Everything that stands in a line.
private struct Facts {
  var note: AnswerNote
  var response: Response
  var isCut: Bool
  var time: String
  var source: IPAddress
  /// Who sent the packet, where a Client Subnet option names somebody else.
  var forwarder: IPAddress?
  /// Who asked and where, as far as the snapshot of the answer is still at hand.
  var origin: Origin?
  var network: String?
  var listener: Listener
  var rules: [Rule]?
  /// Who was asked for what is not ours.
  var upstreams: [String]

  /// EC2-Classic belongs to the account of the world; the internet to none.
  private var account: String? {
    guard let origin else { return nil }
    return origin.accountID ?? (origin.kind == "internet" ? nil : WorldFile.defaultAccountID)
  }

  func write(_ line: inout JSONLines) {
    line.member("version", "1.100000")
    line.member("account_id", account)
    line.member("region", origin?.region)
    line.member("vpc_id", origin?.vpcID)
    line.member("query_timestamp", time)
    if let question = response.question {
      line.member("query_name", "\(question.name)")
      line.member("query_type", "\(question.type)")
      line.member("query_class", "\(question.recordClass)")
    }
    line.member("rcode", "\(response.code)")
    line.list("answers", response.answer) { line, record in
      line.member("Rdata", data(of: record))
      line.member("Type", "\(record.type)")
      line.member("Class", "\(response.question?.recordClass ?? .in)")
    }
    line.member("srcaddr", "\(source)")
    line.member("srcport", "\(note.sourcePort)")
    line.member("transport", note.isTCP ? "TCP" : "UDP")
    line.object("srcids") { $0.member("instance", origin?.instanceID) }
    line.object("classiclink_dns", writeOurs)
  }

  private func writeOurs(_ line: inout JSONLines) {
    line.member("asker", origin?.kind)
    line.member("column", origin?.column)
    line.member("linked_vpc_id", origin?.linkedVPCID)
    line.member("forwarder", forwarder.map { "\($0)" })
    if let rules { line.list("rules", rules.map { "\($0)" }) }
    if !upstreams.isEmpty { line.list("upstreams", upstreams) }
    line.member("network", network)
    line.member("listener", "\(listener)")
    line.member("generation", number: note.generation)
    line.list("extended_errors", response.extendedErrors) { line, error in
      line.member("code", number: UInt64(error.code.rawValue))
      line.member("text", error.text)
    }
    if isCut { line.member("octets", number: UInt64(note.count)) }
  }

  private func data(of record: Record) -> String {
    ZoneFile.presentation(type: record.type, data: record.data) ?? ZoneFile.unknownPresentation(record.data)
  }
}
