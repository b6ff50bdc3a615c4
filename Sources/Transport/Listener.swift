// Where the server listens, and which network a packet that arrives there belongs to (world.md 2.1).
import DNSWire

/// One door: an address, a port for both UDP and TCP, and a network.
public struct Listener: Hashable, Sendable {
  public var address: IPAddress
  /// 0 lets the system choose one.
  public var port: UInt16
  public var scope: Scope
  /// Who asks, whatever the packets say: a door that one instance alone has. `nil`: their source.
  public var asker: IPAddress?

  /// Which network the packets of a listener arrive in.
  public enum Scope: Hashable, Sendable {
    /// What the destination address says, packet by packet on a wildcard listener.
    case automatic
    case classic
    /// The VPC of this id.
    case vpc(String)
  }

  /// 5353 is multicast DNS, 53 needs a right.
  public static var defaultPort: UInt16 { 5300 }
  public static var standard: Self { Self(address: .v4(IPv4Address(127, 0, 0, 1)), port: defaultPort) }

  public init(address: IPAddress, port: UInt16, scope: Scope = .automatic, asker: IPAddress? = nil) {
    self.address = address
    self.port = port
    self.scope = scope
    self.asker = asker
  }

  /// Listens on 0.0.0.0 or [::].
  public var isWildcard: Bool {
    switch address {
    case .v4(let address): address.rawValue == 0
    case .v6(let address): address.rawValue == 0
    }
  }
}

extension Listener: CustomStringConvertible {
  /// `127.0.0.1:5300`, `[::1]:5300`.
  public var description: String {
    switch address {
    case .v4(let address): "\(address):\(port)"
    case .v6(let address): "[\(address)]:\(port)"
    }
  }
}

extension Listener {
  /// Why a text is no listener.
  public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// `ADDR[:PORT][=NET]`, `[ADDR6][:PORT][=NET]` or a bare `ADDR6[=NET]`; NET is `classic` or `vpc-…`.
  /// - Parameter defaultPort: Where the text names none.
  public init(_ text: String, defaultPort: UInt16 = Self.defaultPort) throws(SyntaxError) {
    func refuse(_ reason: String) -> SyntaxError { SyntaxError(description: "'\(text)': \(reason)") }

    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    scope = .automatic
    if sides.count == 2 {
      let network = sides[1]
      if network == "classic" {
        scope = .classic
      } else if network.hasPrefix("vpc-"), network.utf8.count > 4 {
        scope = .vpc(String(network))
      } else {
        throw refuse("'\(network)' is no network; it is 'classic' or a VPC id such as vpc-1a2b3c4d")
      }
    }

    let place = sides[0]
    var addressText = place
    var portText: Substring?
    if place.hasPrefix("[") {
      guard let end = place.firstIndex(of: "]") else { throw refuse("the bracket is not closed") }
      addressText = place[place.index(after: place.startIndex)..<end]
      let rest = place[place.index(after: end)...]
      guard IPv6Address(addressText) != nil else { throw refuse("'\(addressText)' is no IPv6 address") }
      if !rest.isEmpty {
        guard rest.first == ":" else { throw refuse("after the bracket only ':PORT' may follow") }
        portText = rest.dropFirst()
      }
    } else if IPv6Address(place) == nil, let colon = place.lastIndex(of: ":") {
      addressText = place[..<colon]
      portText = place[place.index(after: colon)...]
      if addressText.contains(":") { throw refuse("an IPv6 address with a port is written [ADDR]:PORT") }
    }
    guard let address = IPAddress(addressText) else { throw refuse("'\(addressText)' is no IP address") }
    if case .v6(let v6) = address, let v4 = v6.mappedIPv4 { throw refuse("write the IPv4 address itself, \(v4)") }
    self.address = address
    port = defaultPort
    if let portText {
      guard !portText.isEmpty, portText.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(portText)
      else { throw refuse("'\(portText)' is no port; it is a number from 0 to 65535") }
      port = number
    }
  }
}
