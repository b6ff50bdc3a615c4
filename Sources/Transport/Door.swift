// A listener as the workers see it under one snapshot: which network a packet arrives in.
import DNSWire
import Resolution

/// One listener, its network looked up in the snapshot in force.
struct Door: BitwiseCopyable, Sendable {
  /// The network of every packet, unless it `looksUp` each.
  var network: Network
  /// A wildcard listener without a network: the destination of each packet tells (world.md 2.1).
  var looksUp: Bool
  /// The world in force has no such VPC: nobody may be answered, since any other network would be a wrong answer.
  var isShut: Bool
  var listener: UInt16
  private let address: IPAddress
  private let port: UInt16
  private let asker: IPAddress?

  init(_ listener: Listener, index: Int, _ tables: borrowing Tables) {
    self.listener = UInt16(index)
    address = listener.address
    port = listener.port
    asker = listener.asker
    looksUp = false
    isShut = false
    network = .any
    switch listener.scope {
    case .classic: network = .classic
    case .vpc(let identifier):
      if let found = tables.network(vpcID: identifier) { network = found } else { isShut = true }
    case .automatic:
      if listener.isWildcard { looksUp = true } else { network = tables.network(destination: listener.address) }
    }
  }

  /// What the transport knows about a packet.
  func arrival(
    _ source: IPAddress, destination: IPAddress?, isTCP: Bool, trusted: borrowing TrustedSources,
    _ tables: borrowing Tables
  ) -> Arrival {
    let source = asker ?? source
    var network = network
    if looksUp, let destination { network = tables.network(destination: destination) }
    return Arrival(
      source: source, destination: destination ?? address, port: port, network: network, isTCP: isTCP,
      trustsClientSubnet: trusted.contains(source))
  }
}

/// The listeners of a server as one snapshot has them: for who looks at an answer afterwards.
public struct Doors: ~Copyable, Sendable {
  private let doors: [Door]
  private let trusted: [AddressRange]

  /// - Parameter listeners: Those of the server, in its order.
  public init(_ listeners: [Listener], trusting trusted: [AddressRange], _ tables: borrowing Tables) {
    var doors: [Door] = []
    for (index, listener) in listeners.enumerated() { doors.append(Door(listener, index: index, tables)) }
    self.doors = doors
    self.trusted = trusted
  }

  /// What the transport knew about the question behind an answer.
  public borrowing func arrival(of note: AnswerNote, _ tables: borrowing Tables) -> Arrival {
    doors[Int(note.listener)].arrival(
      note.source, destination: note.destination, isTCP: note.isTCP, trusted: TrustedSources(trusted), tables)
  }
}

/// Sources that name the asker: by an EDNS Client Subnet option, or by a header of the PROXY protocol (world.md 2.5).
struct TrustedSources: ~Copyable {
  private let ranges: AddressRanges
  private let proxies: AddressRanges

  /// - Parameters:
  ///   - list: Those whose option names the asker.
  ///   - proxies: Those whose every message begins with a header.
  init(_ list: [AddressRange], proxies: [AddressRange] = []) {
    ranges = AddressRanges(list)
    self.proxies = AddressRanges(proxies)
  }

  borrowing func contains(_ address: IPAddress) -> Bool { ranges.contains(address) }
  borrowing func isProxy(_ address: IPAddress) -> Bool { proxies.contains(address) }
  borrowing func overlaps(_ subnet: ClosedRange<IPv6Address>) -> Bool {
    ranges.overlaps(subnet) || proxies.overlaps(subnet)
  }
}
