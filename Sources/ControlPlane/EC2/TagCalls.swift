// Tags of whatever EC2 has: set, removed and listed across all kinds of resources.
import Cloud
import DNSWire

extension QueryService {
  static let tagOperations: [String: Operation] = [
    "CreateTags": { (call: inout Call, parameters) throws(AWSError) in
      let new = try parameters.tags("Tag")
      guard !new.isEmpty else { throw .missing("Tag") }
      try call.changeTags(parameters) { old throws(AWSError) in try old.adding(new) }
      return .done
    },
    "DeleteTags": { (call: inout Call, parameters) throws(AWSError) in
      // With a value: only if it has this value.
      var gone: [String: Set<String?>] = [:]
      for tag in try parameters.structures("Tag") {
        let key = try tag.required("Key")
        guard !Tag(key: key, value: "").isOfAWS else {
          throw AWSError("InvalidParameterValue", "Tag keys that begin with aws: are AWS's own: '\(key)'")
        }
        gone[key, default: []].insert(tag.text("Value"))
      }
      // Without tags: all of them that are not AWS's own.
      let all = gone.isEmpty
      try call.changeTags(parameters) { old throws(AWSError) in
        old.filter { tag in
          all ? tag.isOfAWS : gone[tag.key].map { !$0.contains(nil) && !$0.contains(tag.value) } ?? true
        }
      }
      return .done
    },
    "DescribeTags": { (call: inout Call, parameters) throws(AWSError) in try call.describeTags(parameters) },
  ]
}

extension Call {
  fileprivate mutating func changeTags(
    _ parameters: Parameters, _ change: ([Tag]) throws(AWSError) -> [Tag]
  ) throws(AWSError) {
    let ids = try parameters.texts("ResourceId")
    guard !ids.isEmpty else { throw .missing("ResourceId") }
    for id in Set(ids).sorted() {
      try apply(.replace(try retagged(id, change)))
    }
  }

  /// A resource by its id alone, whose prefix tells its kind, with other tags.
  private func retagged(
    _ id: String, _ change: ([Tag]) throws(AWSError) -> [Tag]
  ) throws(AWSError) -> Resource {
    switch id.prefix(while: { $0 != "-" }) {
    case "vpc":
      var one = try vpc(IDShape.vpc.check(id))
      one.tags = try change(one.tags)
      return .vpc(one)
    case "i":
      var one = try instance(IDShape.instance.check(id))
      one.tags = try change(one.tags)
      return .instance(one)
    case "subnet":
      var one = try subnet(IDShape.subnet.check(id))
      one.tags = try change(one.tags)
      return .subnet(one)
    case "sg":
      var one = try securityGroup(IDShape.securityGroup.check(id))
      one.tags = try change(one.tags)
      return .securityGroup(one)
    case "rtb":
      var one = try routeTable(IDShape.routeTable.check(id))
      one.tags = try change(one.tags)
      return .routeTable(one)
    case "eni":
      var one = try networkInterface(IDShape.networkInterface.check(id))
      one.tags = try change(one.tags)
      return .networkInterface(one)
    case "pcx":
      var one = try peering(IDShape.peering.check(id))
      one.tags = try change(one.tags)
      return .peering(one)
    case "dopt":
      var one = try dhcpOptions(IDShape.dhcpOptions.check(id))
      one.tags = try change(one.tags)
      return .dhcpOptions(one)
    case "eipalloc":
      var one = try elasticIP(id)
      one.tags = try change(one.tags)
      return .elasticIP(one)
    case "igw":
      var one = try internetGateway(id)
      one.details.tags = try change(one.details.tags)
      return .stored(one)
    default: throw AWSError("InvalidID", "The ID '\(id)' is not valid")
    }
  }

  private func elasticIP(_ allocationID: String) throws(AWSError) -> ElasticIP {
    guard let address = world.elasticIPs.values.first(where: { $0.shownAllocationID == allocationID && sees($0) })
    else { throw AWSError("InvalidAllocationID.NotFound", "The allocation ID '\(allocationID)' does not exist") }
    return address
  }

  fileprivate func describeTags(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(parameters, names: ["key", "resource-id", "resource-type", "tag", "value"])
    var entries: [TagEntry] = []
    func add(_ id: String, _ type: String, _ tags: [Tag]) {
      entries += tags.map { TagEntry(resourceID: id, resourceType: type, tag: $0) }
    }
    for vpc in try vpcs([]) { add(vpc.id.rawValue, "vpc", vpc.tags) }
    for instance in try instances([]) { add(instance.id.rawValue, "instance", instance.tags) }
    for subnet in try subnets([]) { add(subnet.id.rawValue, "subnet", subnet.tags) }
    for group in try securityGroups([]) { add(group.id.rawValue, "security-group", group.tags) }
    for table in try routeTables([]) { add(table.id.rawValue, "route-table", table.tags) }
    for interface in try networkInterfaces([]) { add(interface.id.rawValue, "network-interface", interface.tags) }
    for peering in try peerings([]) { add(peering.id.rawValue, "vpc-peering-connection", peering.tags) }
    for options in try dhcpOptions([]) { add(options.id.rawValue, "dhcp-options", options.tags) }
    for gateway in stored(.internetGateway) { add(gateway.key.id, "internet-gateway", gateway.details.tags) }
    for address in world.elasticIPs.values where sees(address) {
      if let id = address.shownAllocationID { add(id, "elastic-ip", address.tags) }
    }
    let fitting = filters.sift(entries) { entry, name in
      switch name {
      case "key": [entry.tag.key]
      case "resource-id": [entry.resourceID]
      case "resource-type": [entry.resourceType]
      case "value": [entry.tag.value]
      default: [entry.tag].values(ofFilter: name)
      }
    }
    let page = try PageRequest(parameters, cut: true).page(fitting) { "\($0.resourceID) \($0.tag.key)" }
    let items = page.items.map {
      [
        XML("resourceId", $0.resourceID), XML("resourceType", $0.resourceType), XML("key", $0.tag.key),
        XML("value", $0.tag.value),
      ]
    }
    return [.list("tagSet", items)] + XML.nextToken(page.next)
  }
}

private struct TagEntry {
  var resourceID: String
  var resourceType: String
  var tag: Tag
}
