// Every number that bounds a message, with its reason.

/// Sizes and counts that the wire format or this server sets.
public enum Limits {
  /// Octets in a name, the root's zero included (RFC 1035 2.3.4).
  public static var nameOctets: Int { @_noLocks get { 255 } }
  /// Octets in a label (RFC 1035 2.3.4).
  public static var labelOctets: Int { @_noLocks get { 63 } }
  /// Labels in a name, the root left out: 127 one-octet labels fill 255 octets.
  public static var nameLabels: Int { @_noLocks get { 127 } }
  /// Octets of the message header (RFC 1035 4.1.1).
  public static var headerOctets: Int { @_noLocks get { 12 } }
  /// UDP payload of a client that says nothing (RFC 1035 2.3.4).
  public static var plainUDPOctets: Int { @_noLocks get { 512 } }
  /// The UDP payload size that we advertise: no fragment on any usual path (decision 21).
  public static var advertisedUDPOctets: Int { @_noLocks get { 1232 } }
  /// The most that we send in a datagram, whatever the client advertises (decision 21).
  public static var largestUDPOctets: Int { @_noLocks get { 4096 } }
  /// The most that a two-octet length can frame over TCP (RFC 1035 4.2.2).
  public static var tcpOctets: Int { @_noLocks get { 65_535 } }
  /// The last octet of a message that a compressed name can point to (RFC 1035 4.1.4).
  public static var furthestPointer: Int { @_noLocks get { 0x3fff } }
  /// Hops of a CNAME, DNAME or alias chain, the question's own included. BIND stops at 16 as well.
  public static var chainHops: Int { @_noLocks get { HopStorage<UInt8>.count } }
  /// One element for each hop of a chain: here is the number itself.
  public typealias HopStorage<Element> = InlineArray<16, Element>
  /// Seconds that a server cookie is good for, that its clock may be ahead of ours, and after which it is made anew
  /// (RFC 9018 4.3).
  public static var cookieSeconds: Int32 { @_noLocks get { 3600 } }
  public static var cookieSkewSeconds: Int32 { @_noLocks get { 300 } }
  public static var cookieRenewalSeconds: Int32 { @_noLocks get { 1800 } }
  /// Seconds that a secret of our own makes cookies. With the one before, each is known for as long as it is good.
  public static var cookieSecretSeconds: UInt32 { 3600 }
  /// Octets of a server's name (RFC 5001): an answer that has it and all other options, and no records, fits into 512.
  public static var identityOctets: Int { 128 }
  /// Octets of an Extended DNS Error text: one line, never the reason for truncation (RFC 8914 2).
  public static var errorTextOctets: Int { @_noLocks get { 200 } }
}
