// The names that a world gives to its own things: what somebody may want to see without having to type it.
import Cloud
import DNSWire

/// A kind of name, in the order in which they are listed.
public enum NameKind: CaseIterable, Sendable {
  /// `ec2-…`, of instances and Elastic IP addresses. Those of services are behind their endpoints.
  case publicHostname
  /// `ip-…`, of the primary address of each instance.
  case privateHostname
  /// `i-…`, where it exists (decision 18).
  case resourceName
  /// Of databases, clusters, caches and load balancers.
  case endpoint
  /// In hosted zones, with a record of the type or a CNAME.
  case zoneRecord
}

extension World {
  /// The first names of a kind, in the order of their addresses, ids or names, and how many there are in all.
  /// - Parameter type: What is going to be asked; it decides which names of hosted zones count.
  public func names(of kind: NameKind, type: RecordType, limit: Int) -> (names: [Name], count: Int) {
    switch kind {
    case .publicHostname: publicHostnames(limit)
    case .privateHostname: privateHostnames(limit)
    case .resourceName: resourceNames(limit)
    case .endpoint: first(limit, of: endpointNames)
    case .zoneRecord: first(limit, of: zoneNames(type))
    }
  }

  private func first(_ limit: Int, of names: Set<Name>) -> (names: [Name], count: Int) {
    (Array(names.sorted().prefix(limit)), names.count)
  }

  private func publicHostnames(_ limit: Int) -> (names: [Name], count: Int) {
    var regions: [IPv4Address: Region] = [:]
    for elastic in elasticIPs.values { regions[elastic.publicIP] = elastic.region }
    for interface in networkInterfaces.values {
      guard let id = interface.instanceID, let instance = instances[id] else { continue }
      for pair in interface.addresses { pair.publicAddress.map { regions[$0] = instance.region } }
    }
    for instance in instances.values {
      for pair in instance.addresses { pair.publicAddress.map { regions[$0] = instance.region } }
    }
    let names = regions.sorted { $0.key < $1.key }.prefix(limit)
      .map { RegionSuffixes($0.value).publicHostname($0.key) }
    return (names, regions.count)
  }

  private func privateHostnames(_ limit: Int) -> (names: [Name], count: Int) {
    var places: [Region: Set<IPv4Address>] = [:]
    for instance in instances.values {
      if let address = instance.privateIPAddress { places[instance.region, default: []].insert(address) }
    }
    var names: [Name] = []
    for (region, addresses) in places.sorted(by: { $0.key < $1.key }) where names.count < limit {
      let suffixes = RegionSuffixes(region)
      names += addresses.sorted().prefix(limit - names.count).map { suffixes.privateHostname($0) }
    }
    return (names, places.values.reduce(0) { $0 + $1.count })
  }

  private func resourceNames(_ limit: Int) -> (names: [Name], count: Int) {
    let named = instances.values.filter { resourceName(of: $0, resourceNameOptions(of: $0)) != nil }
    let first = named.sorted { $0.id < $1.id }.prefix(limit)
    return (first.compactMap { resourceName(of: $0, resourceNameOptions(of: $0)) }, named.count)
  }

  private var endpointNames: Set<Name> {
    var names = Set(dbInstances.values.flatMap { endpoints(of: $0) }.map(\.name))
    names.formUnion(dbClusters.values.flatMap { endpoints(of: $0) }.map(\.name))
    names.formUnion(redshiftClusters.values.flatMap { endpoints(of: $0) }.map(\.name))
    names.formUnion(cacheClusters.values.flatMap { endpoints(of: $0) }.map(\.name))
    // The `dualstack.` and `ipv6.` names say the same again.
    return names.union(loadBalancers.values.map(\.dnsName))
  }

  private func zoneNames(_ type: RecordType) -> Set<Name> {
    var names: Set<Name> = []
    for zone in hostedZones.values {
      for set in zone.recordSets where set.type == type || set.type == .cname { names.insert(set.name) }
    }
    return names
  }
}
