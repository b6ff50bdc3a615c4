// What a zone cannot hold, in the words of Route 53's InvalidChangeBatch.
import Cloud
import DNSWire
import WorldFile

extension HostedZone.Problem {
  /// - Parameters:
  ///   - zone: With the record sets that the problem's index is about.
  ///   - isTouched: The set at fault is one of the batch; else it was there, and something new beside it is at fault.
  func text(in zone: HostedZone, isTouched: Bool) -> String {
    let set = zone.recordSets[index]
    guard case .recordSet(_, _, let fault) = refusal.reason else { return refusal.description }
    let name = set.name.route53
    let apex = zone.name.route53
    let identifier = set.setIdentifier.map { ", SetIdentifier \($0)" } ?? ""
    let subject = "RRSet with DNS name \(name), type \(set.type)\(identifier)"
    switch fault {
    case .outsideZone: return "RRSet with DNS name \(name) is not permitted in zone \(apex)"
    case .cnameAtApex: return "RRSet of type CNAME with DNS name \(name) is not permitted at apex in zone \(apex)"
    case .cnameBesideOtherData(let other):
      return isTouched
        ? "RRSet of type CNAME with DNS name \(name) is not permitted as it conflicts with other records with the "
          + "same DNS name in zone \(apex)"
        : "RRSet of type \(other) with DNS name \(name) is not permitted because a conflicting RRSet of type CNAME "
          + "with the same DNS name already exists in zone \(apex)"
    case .severalRecords where set.type == .soa: return "A HostedZone must contain exactly one SOA record."
    case .severalRecords: return "\(subject) cannot have more than one record"
    case .soaBelowApex: return "RRSet of type SOA with DNS name \(name) is not permitted in zone \(apex)"
    case .wildcardNS: return "RRSet of type NS with DNS name \(name) is not permitted: it is a wildcard"
    case .tooManyValues: return "Cannot have more than \(Quotas.valuesPerRecordSet) records in a RRSet."
    case .valueTwice: return "Duplicate Resource Record: '\(set.repeatedValue)'"
    case .twice: return "\(subject) cannot be created as other RRSets exist with the same name and type."
    case .mixedPolicies: return "\(subject) cannot be created \(set.policy.conflict) with the same name and type."
    case .policyValueTwice:
      return "\(subject) cannot be created as another RRSet has the same failover role, Region or location."
    case .aliasTargetMissing(let target):
      return "Tried to create an alias that targets \(target.route53), type \(set.type) in zone \(zone.id), but that "
        + "target was not found"
    case .aliasToItself:
      return "Tried to create an alias that targets \(name), type \(set.type) in zone \(zone.id), which is itself"
    case .aliasOfThisType: return "RRSet of type \(set.type) with DNS name \(name) cannot be an alias"
    default: return "\(subject): \(fault)"
    }
  }
}

extension ResourceRecordSet {
  fileprivate var repeatedValue: String {
    guard case .records(let values) = content else { return "" }
    var seen: Set<[UInt8]> = []
    return values.first { !seen.insert($0).inserted }.map { Self.value(type, $0) } ?? ""
  }
}

extension ResourceRecordSet.Policy {
  /// Why a set of this policy cannot stand beside one of another.
  fileprivate var conflict: String {
    switch self {
    case .simple: "as other RRSets exist"
    case .weighted: "as a non-weighted set exists"
    case .latency: "as a non-latency set exists"
    case .failover: "as a non-failover set exists"
    case .geolocation: "as a non-geolocation set exists"
    case .multivalue: "because a non multivalue answer rrset exists"
    }
  }
}
