// What a server says of itself, for readers: cookies, a name as long as it may be, and an idle time.
import DNSWire
import Resolution

extension Manners {
  /// The secret of RFC 9018, appendix A, at a time that stands still: a cookie in a corpus stays good.
  package static func ofServer() -> Self {
    var manners = Self()
    manners.identity = OctetStore([UInt8](repeating: 0x6e, count: Limits.identityOctets))
    manners.keepalive = 100
    manners.cookieSecrets = CookieSecret("e5e973e5a6b2a43f48e7dc849e37bfcf").map { CookieSecrets($0) }
    manners.now = 1_559_731_985
    return manners
  }
}

extension Scratch {
  /// That of such a server's worker.
  package static func ofServer(reach: Reach = .nothing) -> Self {
    var scratch = Self()
    scratch.manners = .ofServer()
    scratch.reach = reach
    return scratch
  }
}
