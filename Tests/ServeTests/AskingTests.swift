// What a running server says to those who ask: strangers in its log, reasons in its answers, its own addresses.
import Foundation
import TestSupport
import Testing

@Suite struct AskingTests {
  private static let zones = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("zones").path

  private func folder(_ world: String = "Region: us-east-1\n") throws -> Folder {
    let folder = try Folder()
    try folder.write(world, to: "world.yaml")
    return folder
  }

  /// EDNS Client Subnet of one IPv4 address (RFC 7871 6): family 1, prefix 32, scope 0.
  private func clientSubnet(_ address: [UInt8]) -> [UInt8] { [0, 8, 0, 8, 0, 1, 32, 0] + address }

  private func line(_ source: String) -> String {
    "\(source) is in no table and gets the internet's view; to name it, add to the world: "
      + "Requesters: [{SourceAddress: \(source), InstanceId: i-…}]"
  }

  private func count(_ words: String, in log: String) -> Int { log.components(separatedBy: words).count - 1 }

  @Test func `each unknown source is logged once, with the line that would name it (world.md 2.6)`() throws {
    let server = try Serving(
      folder("Requesters: [{SourceAddress: 127.0.1.3, Network: classic}]\n"), ["--workers", "2"])
    for source: UInt32 in [0x7f00_0101, 0x7f00_0102, 0x7f00_0103] {
      for transport in LoopbackSocket.Transport.allCases {
        for _ in 0..<5 { #expect(try server.whoami(transport, from: source).contains("asker")) }
      }
    }
    try server.waitForLog(line("127.0.1.1"))
    try server.waitForLog(line("127.0.1.2"))
    // What stands in the log when it has ended is all that there is.
    server.stop()
    #expect(count(line("127.0.1.1"), in: server.log) == 1)
    #expect(count(line("127.0.1.2"), in: server.log) == 1)
    #expect(!server.log.contains("127.0.1.3"))
  }

  @Test func `a Requesters line around a range that two VPCs share hands nobody's private zone to the wrong one`()
    throws
  {
    func zone(_ vpc: String, _ address: String) -> String {
      """
        - Id: Z-\(vpc)
          Name: corp.example
          VPCs: [{VPCId: \(vpc)}]
          ResourceRecordSets: [{Name: www.corp.example, Type: A, TTL: 60, ResourceRecords: [{Value: \(address)}]}]
      """
    }
    let server = try Serving(
      folder(
        """
        Vpcs:
          - {VpcId: vpc-1, CidrBlock: 127.1.0.0/16, EnableDnsHostnames: true}
          - {VpcId: vpc-2, CidrBlock: 127.1.0.0/24, EnableDnsHostnames: true}
        Requesters:
          - {SourceCidr: 127.1.0.0/20, VpcId: vpc-1}
        HostedZones:
        \(zone("vpc-1", "192.0.2.1"))
        \(zone("vpc-2", "192.0.2.2"))

        """))
    func dig(_ source: String) throws -> String {
      let port = "\(server.port.listeners[0].port)"
      let output = try runDig(
        ["@127.0.0.1", "-p", port, "-b", source, "+noall", "+comments", "+answer", "www.corp.example"]
      ).output
      return output.contains("status: REFUSED") ? "REFUSED" : output.split(separator: "\t").last.map { "\($0)" } ?? ""
    }
    let (shared, ofOne) = ("127.1.0.9", "127.1.1.9")
    for sources in [[shared, ofOne], [ofOne, shared]] {
      for source in sources {
        #expect(try dig(source).hasPrefix(source == shared ? "REFUSED" : "192.0.2.1\n"), "\(source)")
      }
    }
    server.stop()
  }

  @Test func `with --trust =ecs the stranger is the one whom the option names (world.md 2.5, 2.6)`() throws {
    let server = try Serving(folder(), ["--trust", "127.0.2.0/24=ecs"])
    for transport in LoopbackSocket.Transport.allCases {
      let socket = try server.socket(transport, from: 0x7f00_0201)
      for address: [UInt8] in [[192, 0, 2, 1], [192, 0, 2, 2], [192, 0, 2, 1]] {
        let question = Message.question(
          id: 5, name: "whoami", type: 16, class: 3, payload: 1232, options: clientSubnet(address))
        #expect(try Reply(try socket.ask(question)).answer.count == 1)
      }
    }
    // Not trusted: its option says nothing.
    let other = try server.socket(from: 0x7f00_0301)
    let question = Message.question(
      id: 5, name: "whoami", type: 16, class: 3, payload: 1232, options: clientSubnet([192, 0, 2, 3]))
    #expect(try Reply(try other.ask(question)).answer.count == 1)
    try server.waitForLog(line("127.0.3.1"))
    server.stop()
    #expect(count(line("192.0.2.1"), in: server.log) == 1)
    #expect(count(line("192.0.2.2"), in: server.log) == 1)
    #expect(!server.log.contains("127.0.2.1 ") && !server.log.contains("192.0.2.3"))
  }

  @Test func `serve --explain puts the reason into answers with EDNS, and into no other`() throws {
    let name = "ec2-203-0-113-25.compute-1.amazonaws.com"
    for explains in [true, false] {
      // The empty world beside it adds nothing.
      let server = try Serving(folder(), ["--world", Self.zones + "/three-tier"] + (explains ? ["--explain"] : []))
      let socket = try server.socket(from: 0x7f00_010b)
      let with = try Reply(try socket.ask(Message.question(id: 1, name: name, type: 1, payload: 1232)))
      #expect(with.answer.map(\.text) == ["10.0.0.5"])
      #expect((with.extendedError?.text.contains("S74") == true) == explains)
      let without = try Reply(try socket.ask(Message.question(id: 2, name: name, type: 1)))
      #expect(without.answer.map(\.text) == ["10.0.0.5"])
      #expect(without.additional.isEmpty)
      server.stop()
    }
  }

  @Test func `a listener on the resolver's address of a VPC names that VPC`() throws {
    let folder = try folder("Vpcs: [{VpcId: vpc-1a2b3c4d, CidrBlock: 127.5.0.0/16}]\n")
    let server = try Serving(folder, ["--listen", "127.5.0.2:0", "--listen", "127.5.0.3:0"])
    #expect(server.port.listeners.map(\.network) == ["any", "vpc-1a2b3c4d", "any"])
    let ports = server.port.listeners.map(\.port)
    try server.program.wait { server.program.said.hasSuffix("\n") }
    #expect(
      server.program.said == """
        classiclink-dns listens on 127.0.0.1:\(ports[0]), 127.5.0.2:\(ports[1])=vpc-1a2b3c4d, 127.5.0.3:\(ports[2]) \
        (UDP and TCP)

        """)
    server.stop()
  }
}
