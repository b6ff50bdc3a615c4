// The endpoint names of services: which record each has is fixed when the snapshot is compiled, the asker's view
// applies at the hop that a CNAME leads to (R14).
import DNSWire

extension Tables {
  @_noLocks
  borrowing func serviceEndpoint(_ name: inout FoldedName, _ type: RecordType) -> Verdict? {
    guard let index = endpoints.find(&name, fromLabel: 0, in: 0) else { return nil }
    let row = endpointRows[Int(index)]
    guard rules.contains(row.rule) else { return nil }
    var verdict: Verdict
    if row.isUnknown {
      verdict = Verdict(.unknownAddress, row.rule)
    } else {
      verdict = answer(fromNode: row.node, type, .domain(row.domain), row.rule)
    }
    verdict.endpoint = index
    verdict.vpc = row.vpc
    return verdict
  }
}
