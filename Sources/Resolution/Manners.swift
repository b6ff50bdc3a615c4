// What a server says of itself in options of EDNS, and how it knows clients again: the same for every asker and world.
import DNSWire

/// Whoever serves says it; in a what-if nobody does, and these options get no answer.
public struct Manners: ~Copyable {
  /// The server's name (RFC 5001), `Limits.identityOctets` at most; empty when it has none.
  public var identity = OctetStore([])
  /// How long a TCP connection may be idle, in units of 100 ms (RFC 7828 3.1).
  public var keepalive: UInt16 = 0
  /// What server cookies are made with; `nil` when there are none.
  public var cookieSecrets: CookieSecrets?
  /// Seconds since 1970, as cookies have it.
  public var now: UInt32 = 0

  public init() {}

  var hasIdentity: Bool { @_noLocks get { identitySize > 0 } }
  fileprivate var identitySize: Int { @_noLocks get { identity.base.count } }
}

/// Octets of a COOKIE option with both cookies, and of a keepalive option.
private var cookieOptionOctets: Int { @_noLocks get { 4 &+ Int(OptionCode.wholeCookieOctets) } }
private var keepaliveOptionOctets: Int { @_noLocks get { 6 } }

/// Who asks the question in the scratch, and what its COOKIE option is worth.
@_noLocks
func judgeCookie(_ arrival: Arrival, _ scratch: inout Scratch) {
  scratch.source = arrival.asker(scratch.query)
  if scratch.query.cookieSize > 0, let secrets = scratch.manners.cookieSecrets {
    scratch.cookie = ServerCookie(scratch.query, from: scratch.source, secrets, now: scratch.manners.now)
    // Any other cookie than the one that came has the time in it.
    if !scratch.cookie.isEcho { scratch.validity = .once }
  } else {
    scratch.cookie = ServerCookie()
  }
}

/// Whether the message of `count` octets is a question with a cookie that we have given to who asks it.
@_noLocks
public func hasValidCookie(
  _ arrival: Arrival, messageOf count: Int, in message: borrowing MutableSpan<UInt8>, scratch: inout Scratch
) -> Bool {
  guard case .query = scratch.query.read(message, count: count, name: &scratch.name) else { return false }
  judgeCookie(arrival, &scratch)
  if case .valid = scratch.cookie.state { return true }
  return false
}

/// Octets of the options that `putManners` writes.
@_noLocks
func mannersSize(_ arrival: Arrival, _ scratch: borrowing Scratch) -> Int {
  var size = 0
  if scratch.hasCookie { size &+= cookieOptionOctets }
  if scratch.query.asksIdentity, scratch.manners.hasIdentity { size &+= 4 &+ scratch.manners.identitySize }
  if scratch.query.asksKeepalive, arrival.isTCP { size &+= keepaliveOptionOctets }
  return size
}

/// Writes the options that were asked for.
@_noLocks
func putManners(_ arrival: Arrival, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>) {
  if scratch.hasCookie { scratch.writer.put(scratch.cookie, to: scratch.query, into: &out) }
  if scratch.query.asksIdentity, scratch.manners.hasIdentity {
    scratch.writer.put16(OptionCode.identity, into: &out)
    scratch.writer.put16(UInt16(truncatingIfNeeded: scratch.manners.identitySize), into: &out)
    putIdentity(&scratch, into: &out)
  }
  // Over UDP there is no connection to keep (RFC 7828 3.2.2).
  if scratch.query.asksKeepalive, arrival.isTCP {
    scratch.writer.put16(OptionCode.keepalive, into: &out)
    scratch.writer.put16(2, into: &out)
    scratch.writer.put16(scratch.manners.keepalive, into: &out)
  }
}

/// The server's name, as it stands in a character string.
@_noLocks
func putIdentity(_ scratch: inout Scratch, into out: inout MutableSpan<UInt8>) {
  scratch.writer.putOctets(scratch.manners.identity, 0, scratch.manners.identitySize, into: &out)
}
