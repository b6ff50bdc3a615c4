// World 2.3, decision 7: an EC2-Classic instance may have the address of an instance of a VPC, or of another Region.
import Cloud
import DNSWire

extension World {
  /// One finding a Classic instance; addresses that two VPCs share are a matter of their ranges.
  func sharedAddresses() -> [Finding] {
    var classic: [IPv4Address: ID<Instance>] = [:]
    // Few addresses have several Classic instances, of several Regions: an array for each address would cost more.
    var twins: [IPv4Address: [ID<Instance>]] = [:]
    // By index: a loop over the values would copy each of a million, of which most worlds have none in EC2-Classic.
    let values = instances.values
    for index in values.indices where values[index].vpcID == nil {
      let instance = values[index]
      for pair in instance.addresses {
        guard let earlier = classic.updateValue(instance.id, forKey: pair.privateAddress) else { continue }
        twins[pair.privateAddress, default: [earlier]].append(instance.id)
      }
    }
    guard !classic.isEmpty else { return [] }
    var sharers: [ID<Instance>: (address: IPv4Address, others: [Instance])] = [:]
    for instance in instances.values where !instance.isClassic {
      for pair in instance.addresses {
        guard let holder = classic[pair.privateAddress] else { continue }
        for id in twins[pair.privateAddress] ?? [holder] {
          sharers[id, default: (pair.privateAddress, [])].others.append(instance)
        }
      }
    }
    for (address, ids) in twins {
      for id in ids {
        let others = ids.filter { $0 != id }.compactMap { instances[$0] }
        sharers[id, default: (address, [])].others += others
      }
    }
    return sharers.sorted { $0.key < $1.key }.map { id, share in
      let others = share.others.sorted { $0.id < $1.id }
      let isClassic = others.contains(where: \.isClassic)
      return Finding(
        .sharedAddress, .instance(id),
        "\(id) in EC2-Classic and \(list(others.map(place))) have the address \(share.address): who asks from it over "
          + (isClassic
            ? "any listener may be taken for the other" : "a listener of no network is taken for the internet"),
        mend: isClassic
          ? "keep the Regions in worlds of their own: EC2-Classic has one listener for all of them"
          : "give each network its own listener: --listen ADDR=classic"
            + Set(others.compactMap(\.vpcID)).sorted().prefix(mostExamples).map { " --listen ADDR=\($0)" }.joined())
    }
  }

  private func place(of instance: Instance) -> String {
    "\(instance.id) in \(instance.vpcID?.rawValue ?? "EC2-Classic of \(instance.region)")"
  }
}
