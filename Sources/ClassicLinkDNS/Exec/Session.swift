// One run of a command: sockets inside, who answers on them, the ways out, and the wait for its end.
import CLinux
import DNSWire
import Glibc
import Namespaces
import Transport

struct Session {
  /// How long the end of the command waits for what it has sent last.
  private static let drainMilliseconds = 1000
  /// The port of DNS (RFC 1035 4.2).
  private static let domainPort: UInt16 = 53

  private let cloud: any Exec.Cloud
  private let placement: Placement
  private let ways: [(place: Sandbox.Place, target: RelayTarget)]
  private let sandbox: Sandbox

  init(_ cloud: any Exec.Cloud, connections: [Connection], command: Exec) throws {
    self.cloud = cloud
    placement = cloud.placement
    let resolvers = placement.resolvers.compactMap { IPAddress($0) }.map {
      Sandbox.Place(address: $0, port: Self.domainPort)
    }
    var ways: [(place: Sandbox.Place, target: RelayTarget)] = []
    for connection in connections {
      let target: RelayTarget
      do throws(RelayTarget.Failure) {
        target = try RelayTarget(host: connection.host, port: connection.port)
      } catch {
        throw Exec.Failure("--connect '\(connection.text)': \(error)")
      }
      let addresses =
        connection.address.map { [$0] } ?? (cloud.names[connection.inside] ?? []).compactMap { IPAddress($0) }
      for address in addresses {
        let place = Sandbox.Place(address: address, port: connection.insidePort)
        if resolvers.contains(place) {
          // S64: the server that is really there is not reached.
          complain("\(place) is Amazon's resolver for \(placement.who), which reaches no other server there (S64)")
        } else if ways.contains(where: { $0.place == place }) {
          throw Exec.Failure("--connect '\(connection.text)': \(place) leads somewhere else already")
        } else {
          ways.append((place, target))
        }
      }
    }
    self.ways = ways
    let shell = command.shell ? Shell(as: placement.who) : nil
    sandbox = Sandbox(
      addresses: placement.addresses.compactMap { IPAddress($0) }, places: resolvers + ways.map(\.place),
      resolverText: placement.resolverText, command: shell.map { $0.command.map { Array($0.utf8) } } ?? command.octets,
      inherited: shell?.descriptor)
    noticeOtherServers()
  }

  private func noticeOtherServers() {
    for note in placement.notes { complain(note) }
    let reached = placement.resolvers + placement.addresses
    for server in placement.nameServers where !reached.contains(server) {
      guard let address = IPAddress(server) else { continue }
      let place = Sandbox.Place(address: address, port: Self.domainPort)
      guard !ways.contains(where: { $0.place == place }) else { continue }
      complain(
        "DHCP gives \(placement.who) the DNS server \(server), which is not Amazon's; --connect \(place)=HOST:PORT "
          + "leads to it")
    }
  }

  /// Until the command's end.
  func run() throws -> Exec.End {
    do {
      let prepared = try sandbox.prepare()
      // The command, which is a process by now, keeps the limit that its caller has.
      _ = cl_raise_file_limit()
      let isWay = { (open: OpenSockets) in ways.contains { $0.place == open.place } }
      try cloud.serve(prepared.sockets.filter { !isWay($0) }, for: prepared)
      let relays = try prepared.sockets.filter(isWay).map { try relay($0) }
      let child = try prepared.run()
      let status = wait(for: child)
      for relay in relays { relay.drain(milliseconds: Self.drainMilliseconds) }
      return Exec.End(status: status)
    } catch let error as SandboxError {
      complain(error.description)
      return Exec.End(status: error.exitStatus)
    }
  }

  private func relay(_ open: OpenSockets) throws -> Relay {
    guard let way = ways.first(where: { $0.place == open.place }) else { fatalError("no way for \(open.place)") }
    return try Relay(from: open, to: way.target) { complain($0) }
  }

  /// The exit status, as shells have it.
  private func wait(for child: ChildProcess) -> CInt {
    var descriptors = [child.descriptor, cloud.descriptor]
    while true {
      var waits = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      _ = unsafe poll(&waits, nfds_t(waits.count), -1)
      if let status = child.handleSignals() { return status }
      if waits[1].revents != 0 {
        complain(cloud.farewell)
        // poll() passes over a number below 0.
        descriptors[1] = -1
      }
    }
  }
}
