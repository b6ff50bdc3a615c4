// Questions that were asked before: each asker gets his own answer again, and another as soon as the world is another.
import Glibc
import TestSupport
import Testing

@Suite struct RepetitionTests {
  private static let vpcs = """
    Vpcs:
      - {VpcId: vpc-0000000a, CidrBlock: 10.0.0.0/24, EnableDnsHostnames: true}
      - {VpcId: vpc-0000000b, CidrBlock: 10.1.0.0/24, EnableDnsHostnames: true}
    Instances:
      - {InstanceId: i-0000000a, VpcId: vpc-0000000a, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.5}
    Requesters:
      - {SourceAddress: 127.0.1.1, VpcId: vpc-0000000a}
      - {SourceAddress: 127.0.1.2, VpcId: vpc-0000000b}

    """
  private static let caches = """
    CacheClusters:
      - CacheClusterId: shop
        CacheNodes:
          - CacheNodeId: "0001"
            Endpoint: {Address: shop.ab.0001.use1.cache.amazonaws.com, Port: 1}
            PrivateIpAddress: 10.0.0.8
          - CacheNodeId: "0002"
            Endpoint: {Address: shop.ab.0002.use1.cache.amazonaws.com, Port: 1}
            PrivateIpAddress: 10.0.0.9
        ConfigurationEndpoint: {Address: shop.ab.cfg.use1.cache.amazonaws.com, Port: 1}
        VpcId: vpc-0000000a

    """
  private static let name = "ec2-203-0-113-5.compute-1.amazonaws.com"

  private func ask(_ server: Serving, from source: UInt32, id: UInt16, _ name: String = name) throws -> Reply {
    let socket = try server.socket(from: source)
    let question = Message.question(id: id, name: name, type: 1)
    let octets = try socket.ask(question)
    // Id and question come back as they went, whatever was answered before.
    #expect(Array(octets[..<2]) == Array(question[..<2]))
    #expect(Array(octets[12..<question.count]) == Array(question[12...]))
    return try Reply(octets)
  }

  @Test func `an IPv6 asker whose address is the number of an IPv4 asker is somebody else`() throws {
    let folder = try Folder()
    try folder.write(
      Self.vpcs + "  - {SourceAddress: '::7f00:101', Network: internet}\n", to: "world.yaml")
    let server = try Serving(folder, ["--workers", "1", "--trust", "127.0.0.1/32=proxy"])
    // Headers of the PROXY protocol, version 2, over UDP.
    let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21]
    let four = signature + [0x12, 0, 12, 127, 0, 1, 1, 127, 0, 0, 1, 0x30, 0x39, 0, 53]
    let six =
      signature + [0x22, 0, 36] + [UInt8](repeating: 0, count: 12) + [127, 0, 1, 1]
      + [UInt8](repeating: 0, count: 15) + [1, 0x30, 0x39, 0, 53]
    let question = Message.question(id: 7, name: Self.name, type: 1)
    for (header, address) in [(six, "203.0.113.5"), (four, "10.0.0.5"), (six, "203.0.113.5"), (four, "10.0.0.5")] {
      #expect(try Reply(server.socket().ask(question, after: header)).answer.map(\.text) == [address])
    }
    server.stop()
  }

  @Test func `two askers of one name, by turns, in both orders, with any id and spelling`() throws {
    let folder = try Folder()
    try folder.write(Self.vpcs, to: "world.yaml")
    let server = try Serving(folder, ["--workers", "1"])
    let inside: (UInt32, String) = (0x7f00_0101, "10.0.0.5")
    let outside: (UInt32, String) = (0x7f00_0102, "203.0.113.5")
    var id: UInt16 = 0x1200
    for (first, second) in [(inside, outside), (outside, inside)] {
      for name in [Self.name, Self.name.uppercased(), Self.name] {
        for asker in [first, second, first, first, second] {
          id += 1
          #expect(try ask(server, from: asker.0, id: id, name).answer.map(\.text) == [asker.1])
        }
      }
    }
    // The first question after a reload is answered from the new world.
    try folder.write(Self.vpcs.replacing("203.0.113.5", with: "203.0.113.6"), to: "world.yaml")
    server.program.signal(SIGHUP)
    try server.waitForLog("a new world is in force")
    #expect(try ask(server, from: inside.0, id: 7).responseCode == 3)
    #expect(try ask(server, from: outside.0, id: 8).responseCode == 3)
  }

  @Test func `what is answered in turn goes on in turn`() throws {
    let folder = try Folder()
    try folder.write(Self.vpcs + Self.caches, to: "world.yaml")
    let server = try Serving(folder, ["--workers", "1"])
    var seen: Set<String> = []
    for id in UInt16(1)...4 {
      let reply = try ask(server, from: 0x7f00_0101, id: id, "shop.ab.cfg.use1.cache.amazonaws.com")
      seen.formUnion(reply.answer.map(\.text))
    }
    #expect(seen.isSuperset(of: ["10.0.0.8", "10.0.0.9"]))
  }
}
