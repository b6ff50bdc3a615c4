// PUBDNS of the truth table, decisions 13 and 15: a name that nobody here knows belongs to public DNS, which is another
// server's.

extension Tables {
  /// Without this rule there is no other server, and the address is just not known.
  @_noLocks
  borrowing func publicDNS() -> Verdict {
    Verdict(rules.contains(.publicDNS) ? .elsewhere : .unknownAddress, .publicDNS)
  }
}
