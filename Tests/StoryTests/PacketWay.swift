// Asking in packets: the bytes of a question from the asker's address, through the whole way that a worker goes.
import Cloud
import DNSWire
import Resolution
import WorldFile

@testable import Story

/// A world and the addresses of those who ask in it.
struct Stage {
  let world: World
  let snapshot: Snapshot

  init(_ paths: [String], _ overrides: [Override]) throws(CannotAsk) {
    do throws(LoadFailure) {
      world = try WorldFile.load(paths, setting: overrides).world
    } catch {
      throw CannotAsk("\(error)")
    }
    snapshot = Compiler.compile(world, generation: 1)
  }

  /// The loopback address that `Requesters` gives to somebody.
  func source(of who: Who) throws(CannotAsk) -> IPAddress {
    if case .source(let address) = who { return address }
    let found = world.requesters.first { requester in
      switch (requester.identity, who) {
      case (.instance(let id), .resource(let name)): id.rawValue == name
      case (.vpc(let id), .resource(let name)): id.rawValue == name
      case (.classic, .classic), (.internet, .internet): true
      default: false
      }
    }
    if case .v4(let range)? = found?.source { return .v4(range.address) }
    if case .internet = who { return .v4(IPv4Address(127, 0, 0, 1)) }
    throw CannotAsk("Requesters has no line for \(who)")
  }
}

struct PacketWay: WayToAsk {
  private let paths: [String]

  init(_ paths: [String]) { self.paths = paths }

  mutating func answer(_ question: Question, with overrides: [Override]) throws(CannotAsk) -> Told {
    let stage = try Stage(paths, overrides)
    let arrival = Arrival(
      source: try stage.source(of: question.who),
      destination: question.resolver ?? .v4(IPv4Address(127, 0, 0, 1)), port: 53,
      network: question.resolver.map { stage.snapshot.tables.network(destination: $0) } ?? .any, isTCP: false,
      trustsClientSubnet: false)
    var scratch = Scratch()
    let query = Query.message(id: 7, name: question.name, type: question.type)
    var octets = query + [UInt8](repeating: 0, count: Limits.largestUDPOctets - query.count)
    var room = octets.mutableSpan
    let count = Resolution.answer(
      stage.snapshot.tables, generation: 1, arrival, messageOf: query.count, in: &room, scratch: &scratch)
    let response = Response(Array(octets[..<count]))
    if count > 0, response == nil { throw CannotAsk("the response is malformed") }
    return Told(reply: Reply(response, type: question.type))
  }
}
