// Rules that no cell of the truth table needs: who may ask which resolver, and names of the resolver's own.
import Resolution
import TestSupport
import Testing

@Suite("Rules beside the truth table")
struct RuleTests {
  static let world = makeWorld(seed: 11, variant: WorldVariant.all[0])

  static func door(_ asker: String) throws -> TruthWorld.Door {
    try #require(world.cases.first { $0.line.asker == asker && $0.line.sameRegion }).door
  }

  /// RCODE and addresses of an answer to an A question.
  static func result(_ octets: [UInt8]) throws -> (responseCode: Int, addresses: [String]) {
    let reply = try Reply(octets)
    return (reply.responseCode, reply.answer.filter { $0.type == 1 }.map { Octets($0.data).description })
  }

  @Test("Nobody may ask another network's resolver", arguments: ["a1", "a3", "a6", "a8"])
  func foreignResolver(asker: String) throws {
    let v = try #require(try Self.door("a4").native).network
    let name = try #require(Self.world.cases.first { $0.line.name == "i-public" }).question
    let packet = Message.question(id: 1, name: name, type: 1)
    let source = try Self.door(asker).source

    let product = try InProcess(Self.world.files)
    let network = try #require(product.network(v))
    #expect(try Self.result(product.ask(packet, from: source, on: network)) == (5, []))
    // An instance of V may.
    #expect(try Self.result(product.ask(packet, from: try Self.door("a4").source, on: network)).addresses.count == 1)

    let without = try InProcess(Self.world.files, switchedOff: [.foreignResolver])
    let same = try #require(without.network(v))
    #expect(try Self.result(without.ask(packet, from: source, on: same)).responseCode == 0)
  }

  @Test("localhost is the asker's own, for everybody", arguments: ["a1", "a3", "a4", "a6", "a10"])
  func localNames(asker: String) throws {
    let packet = Message.question(id: 2, name: "localhost", type: 1)
    let source = try Self.door(asker).source
    #expect(try Self.result(try InProcess(Self.world.files).ask(packet, from: source)) == (0, ["127.0.0.1"]))
    let without = try InProcess(Self.world.files, switchedOff: [.localName])
    #expect(try Self.result(without.ask(packet, from: source)).addresses.isEmpty)
  }
}
