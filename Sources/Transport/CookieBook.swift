// Where the workers find the secrets of server cookies, which may change while they run.
import DNSWire
import Resolution
import Synchronization

/// Read once a turn: the number says whether there is anything new to read.
final class CookieBook: Sendable {
  private let source: Mutex<CookieSource>
  private let number = Atomic<UInt64>(1)

  init(_ source: CookieSource) { self.source = Mutex(source) }

  func replace(by new: CookieSource) {
    source.withLock { $0 = new }
    number.wrappingAdd(1, ordering: .releasing)
  }

  /// What is in the book, with its number, unless that is the one that is known.
  func read(after known: UInt64) -> (source: CookieSource, number: UInt64)? {
    let number = number.load(ordering: .acquiring)
    return number == known ? nil : (source.withLock { $0 }, number)
  }
}

/// One worker's copy, and the time by which cookies are judged.
struct CookieClock {
  private let book: CookieBook
  private var source: CookieSource
  private var number: UInt64 = 0
  private var minute: UInt32 = .max

  init(_ book: CookieBook) {
    self.book = book
    source = book.read(after: 0)?.source ?? .random()
  }

  /// Sets time and secrets of an answer. True when a remembered answer may have a cookie that would be another now:
  /// once a minute, and when somebody has changed the secrets.
  mutating func set(_ manners: inout Manners, now: UInt32) -> Bool {
    manners.now = now
    let new = book.read(after: number)
    guard new != nil || now / 60 != minute else { return false }
    if let new { (source, number) = new }
    minute = now / 60
    manners.cookieSecrets = source.secrets(at: now)
    return true
  }
}
