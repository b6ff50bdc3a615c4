// A resource record as it stands in a zone: nothing compressed, no class but IN.

/// One record of class IN.
public struct Record: Hashable, Sendable {
  public var owner: Name
  public var type: RecordType
  /// Seconds, at most 2^31 - 1 (RFC 2181 8).
  public var ttl: UInt32
  /// RDATA octets, names in it uncompressed.
  public var data: [UInt8]

  public init(owner: Name, type: RecordType, ttl: UInt32, data: [UInt8]) {
    self.owner = owner
    self.type = type
    self.ttl = ttl
    self.data = data
  }
}
