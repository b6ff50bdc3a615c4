// Places that read what others wrote, each with what must be true of whatever it makes of it. libFuzzer brings the
// octets (Fuzz/), and the tests play again what it has found.

/// One place that reads. It must come back from any octets.
public protocol Reader: AnyObject, SendableMetatype {
  static var name: String { get }
  init()
  func read(_ octets: Span<UInt8>) throws(Breach)
  /// Things done so far, where one input is more than one.
  var count: UInt64 { get }
}

extension Reader {
  public var count: UInt64 { 0 }
}

/// The readers that need no part of a server but its resolver; the others are in ServerReaders. libFuzzer looks after
/// each input which of all the places in the program were reached, so those that are to be quick have a small one.
public let readers: [any Reader.Type] = [
  PacketReader.self, ForeignReader.self, WorldReader.self, ZoneReader.self,
]

/// A promise that was not kept.
public struct Breach: Error, CustomStringConvertible {
  public var description: String

  package init(description: String) { self.description = description }
}

/// Holds a reader to a promise. Nothing is allocated while it is kept.
@inline(__always)
package func demand(_ holds: Bool, _ promise: @autoclosure () -> String) throws(Breach) {
  if !holds { throw Breach(description: promise()) }
}

/// Octets of an input, taken from its front; zeros when it has no more.
package struct Input {
  package private(set) var next = 0

  package init() {}

  package mutating func octet(_ octets: Span<UInt8>) -> UInt8 {
    guard next < octets.count else { return 0 }
    next += 1
    return octets[next - 1]
  }

  /// A part behind its length of two octets; as much of it as is there. `nil` where not even that is.
  package mutating func part(_ octets: Span<UInt8>) -> Range<Int>? {
    guard next + 2 <= octets.count else { return nil }
    let size = Int(octet(octets)) << 8 | Int(octet(octets))
    let start = next
    next = min(next + size, octets.count)
    return start..<next
  }

  /// What is left.
  package mutating func rest(_ octets: Span<UInt8>) -> Range<Int> {
    defer { next = octets.count }
    return next..<octets.count
  }
}
