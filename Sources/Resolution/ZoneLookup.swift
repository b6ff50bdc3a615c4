// A name in a zone: the node, else the closest encloser with its wildcard or DNAME (RFC 1034 4.3.2, RFC 4592, RFC
// 6672).
import DNSWire

extension Tables {
  /// The verdict of a zone that `name` lies in.
  @_noLocks
  borrowing func answer(
    fromZone zone: UInt32, _ name: inout FoldedName, _ type: RecordType, _ rule: Rule
  ) -> Verdict {
    let row = zoneRows[Int(zone)]
    let apex = name.labelCount - Int(row.labelCount)
    var verdict = Verdict(.nxDomain(.zone(zone)), rule)
    if row.hasDelegation, isDelegated(zone, &name, apex, type) {
      verdict.outcome = .elsewhere
    } else if let node = nodes.find(&name, fromLabel: 0, in: zone) {
      verdict = answer(fromNode: node, type, .zone(zone), rule)
    } else if row.hasWildcard || row.hasDNAME {
      var label = 1
      while label <= apex {
        if let encloser = nodes.find(&name, fromLabel: label, in: zone) {
          verdict = answer(fromEncloser: encloser, atLabel: label, type, zone, rule)
          break
        }
        label += 1
      }
    }
    verdict.zone = zone
    return verdict
  }

  /// Whether the name is in the zone itself, not by a wildcard.
  @_noLocks
  borrowing func hasNode(_ name: inout FoldedName, in zone: UInt32) -> Bool {
    if case .some = nodes.find(&name, fromLabel: 0, in: zone) { return true }
    return false
  }

  @_noLocks
  private borrowing func answer(
    fromEncloser node: UInt32, atLabel label: Int, _ type: RecordType, _ zone: UInt32, _ rule: Rule
  ) -> Verdict {
    let row = nodeRows[Int(node)]
    if let set = find(.dname, row) { return Verdict(.delegationName(set, label: label), rule) }
    guard row.wildcard != none else { return Verdict(.nxDomain(.zone(zone)), rule) }
    return answer(fromNode: row.wildcard, type, .zone(zone), rule)
  }

  /// The verdict of a node that exists, whatever is asked of it.
  @_noLocks
  borrowing func answer(
    fromNode node: UInt32, _ type: RecordType, _ authority: Verdict.StartOfAuthority, _ rule: Rule
  ) -> Verdict {
    let row = nodeRows[Int(node)]
    if type == .any {
      guard let set = smallestSet(row) else { return Verdict(.noData(authority), rule) }
      return verdict(set, rule)
    }
    if let set = find(type, row) { return verdict(set, rule) }
    if let set = find(.cname, row) {
      if case .alias = setRows[Int(set)].kind { return Verdict(.alias(set), rule) }
      return Verdict(.canonicalName(set), rule)
    }
    return Verdict(.noData(authority), rule)
  }

  @_noLocks
  private borrowing func verdict(_ set: UInt32, _ rule: Rule) -> Verdict {
    if case .alias = setRows[Int(set)].kind { return Verdict(.alias(set), rule) }
    return Verdict(.records(set), rule)
  }

  @_noLocks
  private borrowing func find(_ type: RecordType, _ node: NodeRow) -> UInt32? {
    var index = node.firstSet
    while index < node.firstSet + UInt32(node.setCount) {
      if setRows[Int(index)].type == type { return index }
      index += 1
    }
    return nil
  }

  /// What ANY gets: one RRset, the smallest (RFC 8482 4.1, decision 14); an alias only when there is nothing else.
  @_noLocks
  private borrowing func smallestSet(_ node: NodeRow) -> UInt32? {
    var best: UInt32?
    var bestSize = UInt32.max
    var index = node.firstSet
    while index < node.firstSet + UInt32(node.setCount) {
      let row = setRows[Int(index)]
      var size = row.size
      if case .alias = row.kind { size = .max - 1 }
      if size < bestSize {
        best = index
        bestSize = size
      }
      index += 1
    }
    return best
  }

  /// Whether a name of a public zone is delegated away; the DS of the cut itself is still ours (RFC 4035 3.1.4.1).
  @_noLocks
  private borrowing func isDelegated(
    _ zone: UInt32, _ name: inout FoldedName, _ apex: Int, _ type: RecordType
  ) -> Bool {
    var label = apex - 1
    while label >= 0 {
      if let node = nodes.find(&name, fromLabel: label, in: zone), nodeRows[Int(node)].hasDelegation {
        return label > 0 || type != .ds
      }
      label -= 1
    }
    return false
  }
}
