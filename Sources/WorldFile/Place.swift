// Where something stands: as a person reads it, and as 8 octets that a million items can afford.

/// A place in a file as a person reads it: `world.yaml:12:5`.
public struct Place: Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1; 0 when the whole file is meant.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

/// The number of a file and a position in it: an octet offset in a JSON file, line and column in any other.
struct Spot: RawRepresentable, Hashable, Comparable, BitwiseCopyable, Sendable {
  let rawValue: UInt64

  /// Files that a spot can tell apart: 16 bits.
  static let mostFiles = 1 << 16
  private static let positionBits: UInt64 = 48
  private static let columnBits: UInt64 = 20

  init(rawValue: UInt64) { self.rawValue = rawValue }

  init(file: Int, offset: Int) {
    rawValue = UInt64(truncatingIfNeeded: file) << Self.positionBits | UInt64(clamping: offset)
  }

  /// Numbers that do not fit become the largest that does.
  init(file: Int, line: Int, column: Int) {
    let line = min(UInt64(clamping: line), 1 << (Self.positionBits - Self.columnBits) - 1)
    let column = min(UInt64(clamping: column), 1 << Self.columnBits - 1)
    rawValue = UInt64(truncatingIfNeeded: file) << Self.positionBits | line << Self.columnBits | column
  }

  var file: Int { Int(rawValue >> Self.positionBits) }
  var offset: Int { Int(rawValue & (1 << Self.positionBits - 1)) }
  var line: Int { offset >> Int(Self.columnBits) }
  var column: Int { offset & (1 << Int(Self.columnBits) - 1) }

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
