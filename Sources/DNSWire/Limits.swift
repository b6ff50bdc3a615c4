// Every number that bounds a message, with its reason.

/// Sizes and counts that the wire format or this server sets.
public enum Limits {
  /// Octets in a name, the root's zero included (RFC 1035 2.3.4).
  @inlinable public static var nameOctets: Int { 255 }
  /// Octets in a label (RFC 1035 2.3.4).
  @inlinable public static var labelOctets: Int { 63 }
  /// Labels in a name, the root left out: 127 one-octet labels fill 255 octets.
  @inlinable public static var nameLabels: Int { 127 }
  /// Octets of the message header (RFC 1035 4.1.1).
  @inlinable public static var headerOctets: Int { 12 }
  /// UDP payload of a client that says nothing (RFC 1035 2.3.4).
  @inlinable public static var plainUDPOctets: Int { 512 }
  /// The UDP payload size that we advertise: no fragment on any usual path (decision 21).
  @inlinable public static var advertisedUDPOctets: Int { 1232 }
  /// The most that we send in a datagram, whatever the client advertises (decision 21).
  @inlinable public static var largestUDPOctets: Int { 4096 }
  /// The most that a two-octet length can frame over TCP (RFC 1035 4.2.2).
  @inlinable public static var tcpOctets: Int { 65_535 }
  /// Hops of a CNAME, DNAME or alias chain, the question's own included. BIND stops at 16 as well.
  @inlinable public static var chainHops: Int { 16 }
  /// Octets of an Extended DNS Error text: one line, never the reason for truncation (RFC 8914 2).
  @inlinable public static var errorTextOctets: Int { 200 }
}
