// Server cookies as every server makes them (RFC 9018 4): what one that came is worth, and what is sent back.

/// What the COOKIE option of a question says of who asks.
public enum CookieState: BitwiseCopyable, Sendable {
  /// There is none, or cookies are not in use.
  case absent
  /// A client that has not asked here before, or whose cookie is too old.
  case clientOnly
  /// We gave the cookie to this address within the hour: the question is not forged by somebody off the path.
  case valid
  case invalid
}

/// The judgement on a COOKIE option, and the server cookie of the answer.
public struct ServerCookie: BitwiseCopyable, Sendable {
  public private(set) var state = CookieState.absent
  /// The answer's cookie is the one that came: the same question again will get the same answer.
  public private(set) var isEcho = false
  /// Version, reserved octets and time, then the hash; the first octet lowest.
  private(set) var head: UInt64 = 0
  private(set) var hash: UInt64 = 0

  /// No cookie.
  @_noLocks public init() {}

  /// Judges the cookie of a question from `address`, which has a COOKIE option.
  /// - Parameter now: Seconds since 1970.
  @_noLocks
  public init(_ query: Query, from address: IPAddress, _ secrets: CookieSecrets, now: UInt32) {
    state = query.cookieSize == OptionCode.clientCookieOctets ? .clientOnly : .invalid
    let (came, itsHash) = query.serverCookie
    let age = Self.age(came, now)
    // The reserved octets are only hashed.
    if query.cookieSize == OptionCode.wholeCookieOctets, came & 0xff == 1, age <= Limits.cookieSeconds,
      age >= -Limits.cookieSkewSeconds
    {
      if itsHash == Self.hash(query.clientCookie, came, address, secrets.current) {
        state = .valid
        isEcho = age < Limits.cookieRenewalSeconds
      } else if let other = secrets.other, itsHash == Self.hash(query.clientCookie, came, address, other) {
        state = .valid
      }
    }
    head = isEcho ? came : 1 | UInt64(now.byteSwapped) &<< 32
    hash = isEcho ? itsHash : Self.hash(query.clientCookie, head, address, secrets.current)
  }

  /// Seconds since the cookie was made, in serial numbers (RFC 1982).
  @_noLocks
  private static func age(_ head: UInt64, _ now: UInt32) -> Int32 {
    Int32(bitPattern: now &- UInt32(truncatingIfNeeded: head &>> 32).byteSwapped)
  }

  @_noLocks
  private static func hash(
    _ client: UInt64, _ head: UInt64, _ address: IPAddress, _ secret: CookieSecret
  ) -> UInt64 {
    var hash = SipHash(secret)
    hash.add(client)
    hash.add(head)
    switch address {
    case .v4(let v4): return hash.finish(UInt64(v4.rawValue.byteSwapped), count: 20)
    case .v6(let v6):
      hash.add(UInt64(truncatingIfNeeded: v6.rawValue &>> 64).byteSwapped)
      hash.add(UInt64(truncatingIfNeeded: v6.rawValue).byteSwapped)
      return hash.finish(0, count: 32)
    }
  }
}

extension ResponseWriter {
  /// The whole option: the client's cookie and ours.
  @_noLocks
  public mutating func put(_ cookie: ServerCookie, to query: Query, into out: inout MutableSpan<UInt8>) {
    put16(OptionCode.cookie, into: &out)
    put16(UInt16(OptionCode.wholeCookieOctets), into: &out)
    put(query.clientCookie, count: 8, into: &out)
    put(cookie.head, count: 8, into: &out)
    put(cookie.hash, count: 8, into: &out)
  }
}
