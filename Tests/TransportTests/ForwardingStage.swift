// A server that forwards, askers with different rules, and what they hear.
import DNSWire
import Recursion
import Resolution
import TestSupport
import Transport
import WorldFile

/// Askers of the world below, by the address of the loopback network that each asks from.
enum Who: UInt32, CaseIterable {
  /// EC2-Classic, linked to vpc-00000001 with DNS support.
  case linked = 0x7f00_010b
  case inFirst = 0x7f00_010c
  case inSecond = 0x7f00_010d
  case internet = 0x7f00_010e
}

final class ForwardingStage {
  let server: Server
  let publication: Publication

  /// - Parameters:
  ///   - rules: Lines of `ResolverRules`.
  ///   - upstreams: Servers of every other name.
  init(
    _ upstreams: [Upstream], rules: [String] = [], options: Server.Options = Server.Options(),
    _ change: (inout Server.Forwarding) -> Void = { _ in }
  ) throws {
    publication = Publication(try Self.snapshot(rules, generation: 1))
    var options = options
    var forwarding = Server.Forwarding()
    forwarding.recursion.servers = upstreams.map(Self.address)
    change(&forwarding)
    options.forwarding = forwarding
    server = try Server.start(
      listeners: [try Listener("127.0.0.1:0")], workers: 1, publication: publication, options: options)
  }

  deinit { server.stop() }

  static func address(_ upstream: Upstream) -> ServerAddress {
    ServerAddress(address: .v4(IPv4Address(127, 0, 0, 1)), port: upstream.port)
  }

  var port: UInt16 { server.boundAddresses[0].port }

  /// Other rules from now on.
  func change(_ rules: [String]) throws {
    publication.publish(try Self.snapshot(rules, generation: publication.generation + 1))
  }

  static func rule(_ kind: String, _ domain: String, _ vpcs: String, to port: UInt16? = nil) -> String {
    let targets = port.map { ", TargetIps: [{Ip: 127.0.0.1, Port: \($0)}]" } ?? ""
    return "{DomainName: \(domain), RuleType: \(kind), VpcIds: [\(vpcs)]\(targets)}"
  }

  private static func snapshot(_ rules: [String], generation: UInt64) throws -> Snapshot {
    let zone = """
      $TTL 300
      @ IN SOA ns.in.example. h.in.example. 1 7200 900 1209600 60
      @ IN NS ns.in.example.
      out IN CNAME www.example.
      nowhere IN CNAME nothing.example.
      *.round IN CNAME round.example.
      """
    let lines = rules.enumerated().map { "  - \($1.replacing("{Domain", with: "{Id: rslvr-rr-\($0 + 1), Domain"))" }
    let world = """
      Region: us-east-1
      Vpcs:
        - VpcId: vpc-00000001
          CidrBlock: 10.0.0.0/16
          EnableDnsHostnames: true
          ClassicLinkEnabled: true
          ClassicLinkDnsSupported: true
        - {VpcId: vpc-00000002, CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true}
      SecurityGroups:
        - {GroupId: sg-00000001, GroupName: web, VpcId: vpc-00000001}
      Instances:
        - {InstanceId: i-00000001, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
        - {InstanceId: i-00000002, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
        - {InstanceId: i-00000003, VpcId: vpc-00000002, PrivateIpAddress: 10.1.0.5}
      ClassicLinkInstances:
        - {InstanceId: i-00000002, VpcId: vpc-00000001, Groups: [{GroupId: sg-00000001}]}
      HostedZones:
        - Id: Z1
          Name: in.example.
          Config: {PrivateZone: true}
          VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]
          ZoneFile: in.zone
      Requesters:
        - {SourceAddress: 127.0.1.11, InstanceId: i-00000002}
        - {SourceAddress: 127.0.1.12, InstanceId: i-00000001}
        - {SourceAddress: 127.0.1.13, InstanceId: i-00000003}
        - {SourceAddress: 127.0.1.14, Network: internet}
      \(lines.isEmpty ? "" : "ResolverRules:\n" + lines.joined(separator: "\n"))
      """
    let folder = try Folder([
      WorldTextFile(name: "world.yaml", text: world), WorldTextFile(name: "in.zone", text: zone + "\n"),
    ])
    let loaded: LoadedWorld
    do { loaded = try WorldFile.load([folder.path]) } catch {
      throw Fault(words: error.problems.map(\.description).joined(separator: "\n"))
    }
    return Compiler.compile(loaded.world, generation: generation)
  }

  struct Fault: Error { let words: String }

  func socket(_ who: Who, _ transport: LoopbackSocket.Transport = .udp) throws -> LoopbackSocket {
    try LoopbackSocket(source: who.rawValue, port: port, transport)
  }

  /// - Parameter options: The flags of the OPT record; `nil` for a question without EDNS.
  func reply(
    _ name: String, _ type: UInt16 = 1, from who: Who = .inFirst, by transport: LoopbackSocket.Transport = .udp,
    flags: UInt16 = 0x0100, edns: UInt16? = 0
  ) throws -> Reply {
    var packet = Message.question(id: 0xbeef, name: name, type: type)
    packet[2] = UInt8(flags >> 8)
    packet[3] = UInt8(flags & 0xff)
    if let edns { packet = Message.adding(Message.opt(flags: edns), to: packet) }
    let octets = try socket(who, transport).ask(packet)
    let reply = try Reply(octets)
    // Its id, its question to the octet, and never AA.
    guard reply.id == 0xbeef, reply.isResponse, reply.recursionAvailable, !reply.isAuthoritative,
      Array(octets[12..<(12 + reply.question.count)]) == Array(packet[12..<(12 + reply.question.count)])
    else { throw Fault(words: "header or question of \(name): \(octets)") }
    return reply
  }

  /// The reply in one line: the code, the records, the owners of SOA records, the Extended DNS Error.
  func ask(
    _ name: String, _ type: UInt16 = 1, from who: Who = .inFirst, by transport: LoopbackSocket.Transport = .udp,
    flags: UInt16 = 0x0100
  ) throws -> String {
    let reply = try reply(name, type, from: who, by: transport, flags: flags)
    let code = ResponseCode(rawValue: UInt16(reply.responseCode)).description
    let error = reply.extendedError.map { ["EDE \($0.code)"] } ?? []
    let authority = reply.authority.filter { $0.type == 6 }.map { "SOA \($0.owner)" }
    return ([code] + reply.answer.map { "\($0.owner) \($0.text)" } + authority + error).joined(separator: "; ")
  }
}
