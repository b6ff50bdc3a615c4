// The product as a function: world files in, packets in, packets out. All that the tests know of its API stands here.
import DNSWire
import Foundation
import Resolution
import TestSupport
import WorldFile

final class InProcess {
  private let snapshot: Snapshot
  private var scratch = Scratch()

  /// Throws what the loader says about the files.
  init(_ files: [WorldTextFile], switchedOff: Set<Rule> = []) throws {
    let folder = try Folder(files)
    let loaded = try WorldFile.load([folder.path])
    snapshot = Compiler.compile(loaded.world, generation: 1, switchedOff: switchedOff)
  }

  /// The reply, empty when there is none.
  func ask(
    _ packet: [UInt8], from source: Octets, on network: Network = .any, isTCP: Bool = false,
    trustsClientSubnet: Bool = false
  ) -> [UInt8] {
    let arrival = Arrival(
      source: .v4(IPv4Address(rawValue: source.number)), destination: .v4(IPv4Address(127, 0, 0, 1)), port: 5300,
      network: network, isTCP: isTCP, trustsClientSubnet: trustsClientSubnet)
    let room = isTCP ? Limits.tcpOctets : Limits.largestUDPOctets
    var octets = packet + [UInt8](repeating: 0, count: max(0, room - packet.count))
    var out = octets.mutableSpan
    let length = answer(
      snapshot.tables, generation: snapshot.generation, arrival, messageOf: packet.count, in: &out, scratch: &scratch)
    return Array(octets[..<length])
  }

  /// `classic`, or the id of a VPC.
  func network(_ name: String) -> Network? { name == "classic" ? .classic : snapshot.tables.network(vpcID: name) }

  /// Asks from the address that `Requesters` names, over UDP and TCP, and from the asker's own address where it arrives
  /// at its own network's resolver: whoever asks is the same, and so must be the answer.
  func everyWay(_ one: TruthWorld.Case, _ packet: [UInt8]) -> [(way: String, reply: [UInt8])] {
    let source = one.door.source
    var all = [
      ("\(source) over UDP", ask(packet, from: source)), ("\(source) over TCP", ask(packet, from: source, isTCP: true)),
    ]
    if let native = one.door.native, let network = network(native.network) {
      all.append(("\(native.address) in \(native.network)", ask(packet, from: native.address, on: network)))
    }
    return all
  }
}
