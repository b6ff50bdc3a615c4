// The truth table over real sockets: the built program, UDP and TCP, each asker from an address of its own.
import TestSupport
import Testing

@Suite("Truth table, over real sockets", .serialized)
struct TruthTableLiveTests {
  /// So many faults are told, and then no more.
  static let faultsTold = 20

  @Test("Every cell holds over UDP and over TCP", arguments: WorldVariant.all)
  func cells(variant: WorldVariant) throws {
    let world = makeWorld(seed: 42, variant: variant)
    let server = try LiveServer(world.files)
    var told = 0
    for transport in LoopbackSocket.Transport.allCases {
      for (source, cases) in Dictionary(grouping: world.cases, by: \.door.source) {
        let socket = try LoopbackSocket(source: source, port: server.port, transport)
        for (index, one) in cases.enumerated() {
          let packet = one.packet(id: UInt16(truncatingIfNeeded: index))
          let reply = try socket.ask(packet, expectsSilence: one.expectation == nil)
          guard let fault = one.fault(in: reply, asked: packet) else { continue }
          Issue.record("\(transport), \(variant): \(one.question) from \(source): \(fault). \(one.line)")
          told += 1
          if told == Self.faultsTold { return }
          if reply.isEmpty { break }  // The connection is gone or the server is: one report is enough.
        }
      }
    }
  }

  @Test("dig sees the same")
  func byDig() throws {
    let world = makeWorld(seed: 43, variant: WorldVariant.all[0])
    let server = try LiveServer(world.files)
    for one in world.cases where ["1", "8", "15"].contains(one.line.row) {
      guard case .addresses(let addresses, false, _, _)? = one.expectation?.answer else { continue }
      let printed = try dig([
        "@127.0.0.1", "-p", "\(server.port)", "-b", "\(one.door.source)", "+short", one.question, one.type,
      ])
      let last = printed.split(separator: "\n").last.map(String.init)
      #expect(last == addresses.first?.description, "\(one.question) from \(one.door.source). \(one.line)")
    }
  }
}
