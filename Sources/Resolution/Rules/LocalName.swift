// Semantics 3.4 (autodefined rules): `localhost`, `localdomain` and the reverse names of loopback are answered by the
// resolver itself.
import DNSWire

extension Tables {
  /// RFC 6761 6.3 wants `localhost` answered for everybody, so no attribute takes it away.
  @_noLocks
  borrowing func localName(_ name: inout FoldedName, _ type: RecordType, _ domain: DomainRow) -> Verdict? {
    guard rules.contains(.localName) else { return nil }
    return answer(fromZone: domain.zone, &name, type, .localName)
  }
}
