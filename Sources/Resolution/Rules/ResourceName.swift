// Row 7, decision 18 (EC2 hostname types): `i-…` names exist in the view of their own VPC, with A and AAAA as their
// flags say.
import Cloud
import DNSWire

extension World {
  func resourceNameOptions(of instance: Instance) -> PrivateDnsNameOptions {
    let launch = instance.subnetID.flatMap { subnets[$0]?.privateDnsNameOptionsOnLaunch }
    return instance.privateDnsNameOptions ?? launch ?? PrivateDnsNameOptions()
  }

  /// The instance's `i-…` name; `nil` when it has none.
  func resourceName(of instance: Instance, _ options: PrivateDnsNameOptions) -> Name? {
    // With neither flag the name does not exist (decision 18); a stopped instance has none (semantics 7.1).
    guard instance.vpcID != nil, options.enableResourceNameDnsARecord || options.enableResourceNameDnsAAAARecord,
      instance.state == .running || instance.state == .pending
    else { return nil }
    return Resolution.resourceName(instance.id, instance.region)
  }
}

/// `i-….ec2.internal`, whether the instance has the name or not.
func resourceName(_ id: ID<Instance>, _ region: Region) -> Name? {
  Name(labels: [Array(id.rawValue.utf8)]).flatMap { RegionSuffixes(region).privateDomain.prepending($0) }
}

extension Tables {
  @_noLocks
  borrowing func resourceName(
    _ asker: Asker, _ name: inout FoldedName, _ type: RecordType, domain index: UInt32
  ) -> Verdict? {
    guard rules.contains(.resourceName), asker.view != none,
      let value = resourceNames.find(&name, fromLabel: 0, in: 0)
    else { return nil }
    let row = resourceRows[Int(value)]
    let vpc = instances[Int(row.instance)].vpc
    var peer = none
    if vpc != asker.view {
      guard let found = peering(from: asker, to: vpc) else { return nil }  // R13
      peer = found
    }
    var verdict = answer(fromNode: row.node, type, .domain(index), .resourceName)
    verdict.vpc = vpc
    verdict.instance = row.instance
    verdict.peer = peer
    return verdict
  }
}

extension Tables {
  @_noLocks
  borrowing func resourceNameReason(_ verdict: Verdict) -> Reason {
    let identifier = instances[Int(verdict.instance)].identifier
    return Reason(.row7, identifier, verdict.isNoData ? .hasNoSuchRecord : .hasResourceName)
  }
}
