// A program in user, network and mount namespaces of its own: `lo` has the addresses that it is to see, sockets stand
// ready at some of them, and the C library finds the resolver there. Nothing outside changes.
import CNamespaces
import DNSWire
import Glibc

/// What a program finds around it.
public struct Sandbox: Sendable {
  /// Where a UDP and a TCP socket are opened inside, for somebody outside to serve.
  public struct Place: Hashable, Sendable, CustomStringConvertible {
    public var address: IPAddress
    public var port: UInt16

    public init(address: IPAddress, port: UInt16) {
      self.address = address
      self.port = port
    }

    /// `172.16.0.23:53`, `[fd00:ec2::253]:53`
    public var description: String {
      switch address {
      case .v4: "\(address):\(port)"
      case .v6: "[\(address)]:\(port)"
      }
    }
  }

  /// Those of the machine that the program believes to be on; the first of each family is where its packets come from.
  public var addresses: [IPAddress]
  public var places: [Place]
  /// The text of /etc/resolv.conf.
  public var resolverText: String
  /// The program and its arguments, octets as they are: a file's name need not be UTF-8.
  public var command: [[UInt8]]
  /// A descriptor that the program gets as it is.
  public var inherited: CInt?

  public init(
    addresses: [IPAddress], places: [Place], resolverText: String, command: [[UInt8]], inherited: CInt? = nil
  ) {
    self.addresses = addresses
    self.places = places
    self.resolverText = resolverText
    self.command = command
    self.inherited = inherited
  }

  /// Sockets of daemons that resolve names by themselves: nscd for the C library, systemd-resolved and Avahi for its
  /// modules. Who finds none asks the resolver.
  private static let daemons = [
    "/run/nscd/socket", "/var/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve",
    "/run/systemd/resolve/io.systemd.Resolve.Monitor", "/run/avahi-daemon/socket",
  ]

  /// Every address that `lo` gets beside its own, each once: the machine's first.
  private var allAddresses: [IPAddress] {
    var seen: Set<IPAddress> = []
    return (addresses + places.map(\.address)).filter {
      Self.isKnown($0) && !$0.isLoopback && seen.insert($0).inserted
    }
  }

  private static func isKnown(_ address: IPAddress) -> Bool { hasIPv6 || !address.isV6 }

  /// A kernel may have been started without IPv6.
  private static let hasIPv6 = unsafe access("/proc/net/if_inet6", F_OK) == 0

  /// Makes everything ready. The program waits until `PreparedProgram.run`.
  public func prepare() throws(SandboxError) -> PreparedProgram {
    let memory = PlanMemory()
    let all = allAddresses
    let open = places.filter { Self.isKnown($0.address) }
    let source = { (isV6: Bool) in addresses.first { $0.isV6 == isV6 }.map { ns_address($0) } ?? ns_address() }
    var plan = unsafe ns_plan(
      addresses: memory.array(all.map { ns_address($0) }), address_count: all.count, source4: source(false),
      source6: source(true),
      places: memory.array(open.map { ns_place(address: ns_address($0.address), port: $0.port) }),
      place_count: open.count, resolver_text: memory.text(resolverText),
      switch_text: memory.text(NameServiceSwitch.text), hidden: memory.texts(Self.daemons),
      hidden_count: Self.daemons.count, arguments: memory.list(command), inherited: inherited ?? -1)
    var channel: CInt = -1
    let signals = ChildProcess.blockSignals()
    let child = withExtendedLifetime(memory) { unsafe ns_start(&plan, &channel) }
    guard child > 0 else { throw SandboxError(.fork, number: errno, self) }
    var program = PreparedProgram(ChildProcess(child, signals: signals), channel: channel, of: self)
    try program.awaitSockets(open)
    return program
  }
}

/// The plan of a child: it is copied with the process, so it only has to outlive the start.
@safe private final class PlanMemory {
  private var pieces = unsafe [UnsafeMutableRawPointer]()

  deinit {
    while let piece = unsafe pieces.popLast() { unsafe free(piece) }
  }

  func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
    let size = max(1, elements.count * MemoryLayout<Element>.stride)
    guard let memory = unsafe malloc(size) else { fatalError("out of memory") }
    unsafe pieces.append(memory)
    let start = unsafe memory.bindMemory(to: Element.self, capacity: elements.count)
    for (index, element) in elements.enumerated() { unsafe (start + index).initialize(to: element) }
    return unsafe UnsafePointer(start)
  }

  func text(_ text: String) -> UnsafePointer<CChar> { unsafe array(text.utf8CString.map { $0 }) }

  private func text(_ octets: [UInt8]) -> UnsafePointer<CChar> {
    unsafe array(octets.map { CChar(bitPattern: $0) } + [0])
  }

  func texts(_ texts: [String]) -> UnsafePointer<UnsafePointer<CChar>?> {
    unsafe array(texts.map { unsafe Optional(text($0)) })
  }

  /// With the NULL at its end that execve() wants.
  func list(_ texts: [[UInt8]]) -> UnsafePointer<UnsafeMutablePointer<CChar>?> {
    let pointers = unsafe texts.map { unsafe Optional(UnsafeMutablePointer(mutating: text($0))) }
    return unsafe array(pointers + [nil])
  }
}

/// /etc/nsswitch.conf as the program sees it.
enum NameServiceSwitch {
  static let hosts = "hosts: files dns"

  /// The one of the machine, its line about hosts replaced: `resolve`, `mdns` and the like pass the resolver by.
  static var text: String { replacingHosts(in: (try? readText("/etc/nsswitch.conf")) ?? "") }

  static func replacingHosts(in text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    lines.removeAll { $0.drop { $0 == " " || $0 == "\t" }.hasPrefix("hosts:") }
    return (lines + [hosts, ""]).joined(separator: "\n")
  }

  private static func readText(_ path: String) throws(SandboxError.Missing) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SandboxError.Missing() }
    defer { _ = close(descriptor) }
    var octets: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = unsafe read(descriptor, &piece, piece.count), count > 0 { octets += piece[..<count] }
    return String(decoding: octets, as: UTF8.self)
  }
}

extension IPAddress {
  /// 127/8 and ::1, which `lo` has anyway.
  fileprivate var isLoopback: Bool {
    switch self {
    case .v4(let address): address.octet(0) == 127
    case .v6(let address): address.rawValue == 1
    }
  }
}

extension ns_address {
  init(_ address: IPAddress) {
    self.init()
    switch address {
    case .v4(let v4):
      family = AF_INET
      unsafe withUnsafeMutableBytes(of: &octets) { octets in
        for index in 0..<4 { unsafe octets[index] = v4.octet(index) }
      }
    case .v6(let v6):
      family = AF_INET6
      unsafe withUnsafeMutableBytes(of: &octets) { octets in
        for index in 0..<16 { unsafe octets[index] = v6.octet(index) }
      }
    }
  }

  var address: IPAddress? {
    var copy = octets
    return unsafe withUnsafeBytes(of: &copy) { octets in
      switch family {
      case AF_INET:
        .v4(IPv4Address(rawValue: unsafe octets[..<4].reduce(0) { $0 << 8 | UInt32($1) }))
      case AF_INET6:
        .v6(IPv6Address(rawValue: unsafe octets.reduce(0) { $0 << 8 | UInt128($1) }))
      default: nil
      }
    }
  }
}
