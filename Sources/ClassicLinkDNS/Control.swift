// The control plane of a server: the Steward who holds the world, and the door through which calls reach him.
import ArgumentParser
import Cloud
import ControlPlane
import DNSWire
import Logging
import Transport

final class Control {
  /// Where calls come in, and from whom.
  struct Door {
    var address: APIAddress
    /// Names in a `Host` header, beside localhost and addresses.
    var hosts: [String]
    /// What who calls must have; `nil` for nothing.
    var token: APIToken?
    /// Of calls whose signature tells nothing.
    var account: String
    var region: Region
    /// What calls count.
    var metrics: PrometheusMetrics
    /// Who is asked for names of others in sessions.
    var forwarding: Server.Forwarding?
  }

  private let api: APIServer
  private let sessions: SessionDoor
  /// Such as `http://127.0.0.1:5380`.
  let url: String

  /// Opens the door.
  init(
    steward: Steward, metrics: MetricsPage, _ lastReload: LastReload, at door: Door, logger: Logger
  ) throws {
    sessions = try SessionDoor(steward.publication, forwarding: door.forwarding, logger: logger)
    let endpoint = Endpoint(
      steward: steward, hosts: Set(door.hosts.map { $0.lowercased() }),
      pages: Pages(steward: steward, metrics: metrics, lastReload: lastReload, sessions: sessions.name).all,
      token: door.token,
      account: door.account, region: door.region, clock: { .now }, logger: logger)
    let listener = door.address.listener
    api = try APIServer.start(
      endpoint, host: listener.address.description, port: Int(listener.port), logger: logger)
    url = "http://\(Listener(address: listener.address, port: UInt16(api.port)))"
  }

  /// Answers what has come in, and ends.
  func stop() {
    api.stop()
    sessions.stop()
  }
}

/// `--api ADDR[:PORT]`
struct APIAddress: Sendable {
  /// Beside our DNS port 5300; IANA has given it to nobody.
  static let standardPort: UInt16 = 5380

  var listener: Listener

  init(argument text: String) throws {
    do {
      listener = try Listener(text, defaultPort: Self.standardPort)
    } catch {
      throw ValidationError("--api \(error)")
    }
    guard listener.scope == .automatic else { throw ValidationError("--api '\(text)': an API has no network.") }
  }

  /// Nobody outside this machine reaches it.
  var isLoopback: Bool {
    switch listener.address {
    case .v4(let address): address.rawValue >> 24 == 127
    case .v6(let address): address.rawValue == 1
    }
  }
}
