// The secrets that server cookies are made with, and where they come from (RFC 9018 5).

/// 128 bits that nobody else knows, or none but the servers of one anycast set.
public struct CookieSecret: Hashable, BitwiseCopyable, Sendable {
  /// Octets 0 to 7 and 8 to 15, each with the first one lowest.
  let first: UInt64
  let second: UInt64

  @_noLocks
  init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  public init(using generator: inout some RandomNumberGenerator) {
    self.init(first: generator.next(), second: generator.next())
  }

  /// 32 hexadecimal digits, as other servers have them in their files; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard digits.count == 32, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let first = UInt64(String(decoding: digits[..<16], as: UTF8.self), radix: 16),
      let second = UInt64(String(decoding: digits[16...], as: UTF8.self), radix: 16)
    else { return nil }
    self.init(first: first.byteSwapped, second: second.byteSwapped)
  }
}

/// What is in force at a time: cookies are made with one secret and taken with either.
public struct CookieSecrets: Hashable, BitwiseCopyable, Sendable {
  public var current: CookieSecret
  /// The one before, or the one that all servers of a set are to know before the first of them uses it.
  public var other: CookieSecret?

  public init(_ current: CookieSecret, other: CookieSecret? = nil) {
    self.current = current
    self.other = other
  }
}

/// Where the secrets come from.
public enum CookieSource: Hashable, BitwiseCopyable, Sendable {
  /// They are what somebody says, until he says something else.
  case given(CookieSecrets)
  /// Each hour has its own, which is a hash of the hour: so all workers know it, and nobody has to tell them.
  case hourly(CookieSecret)

  /// A source that nobody else has.
  public static func random() -> Self {
    var generator = SystemRandomNumberGenerator()
    return .hourly(CookieSecret(using: &generator))
  }

  /// What is in force at this time, seconds since 1970.
  public func secrets(at now: UInt32) -> CookieSecrets {
    switch self {
    case .given(let secrets): return secrets
    case .hourly(let master):
      let hour = UInt64(now / Limits.cookieSecretSeconds)
      return CookieSecrets(Self.secret(of: hour, master), other: Self.secret(of: hour &- 1, master))
    }
  }

  private static func secret(of hour: UInt64, _ master: CookieSecret) -> CookieSecret {
    func half(_ number: UInt64) -> UInt64 {
      var hash = SipHash(master)
      hash.add(hour)
      return hash.finish(number, count: 9)
    }
    return CookieSecret(first: half(0), second: half(1))
  }
}
