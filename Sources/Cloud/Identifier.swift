// Identifiers that cannot be mixed up: the id of a VPC is not the id of an instance.

/// The id of a `Resource`, as AWS prints it (`vpc-1a2b3c4d`).
public struct ID<Resource>: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: String
  public init(_ rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A Region by its code, such as `us-east-1`.
public struct Region: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let code: String
  public init(_ code: String) { self.code = code }
  public static let usEast1 = Region("us-east-1")
  public var description: String { code }
  public static func < (left: Self, right: Self) -> Bool { left.code < right.code }
}

/// A key and its value.
public struct Tag: Hashable, Sendable {
  public var key: String
  public var value: String
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}
