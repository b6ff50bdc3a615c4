// DHCP options: sets that never change, and which of them a VPC hands out (semantics 2.4).
import Cloud
import DNSWire

extension QueryService {
  static let dhcpOperations: [String: Operation] = [
    "CreateDhcpOptions": { (call: inout Call, parameters) throws(AWSError) in
      var options = DHCPOptions(id: call.allocator.id("dopt"))
      options.region = call.region
      options.ownerID = call.caller.account
      for configuration in try parameters.structures("DhcpConfiguration") {
        let key = try configuration.required("Key")
        let values = try configuration.texts("Value")
        try DHCPOptions.check(key, values)
        options.configurations[key, default: []] += values
      }
      guard !options.configurations.isEmpty else { throw .missing("DhcpConfiguration") }
      options.tags = try parameters.tagSpecifications("dhcp-options")["dhcp-options"] ?? []
      try call.apply(.addDHCPOptions(options))
      return [XML("dhcpOptions", call.members(of: options))]
    },
    "DeleteDhcpOptions": { (call: inout Call, parameters) throws(AWSError) in
      let options = try call.dhcpOptions(parameters.ec2ID("DhcpOptionsId", .dhcpOptions))
      try call.apply(.remove(.dhcpOptions(options.id)))
      return .done
    },
    "DescribeDhcpOptions": { (call: inout Call, parameters) throws(AWSError) in
      try call.describeDHCPOptions(parameters)
    },
    "AssociateDhcpOptions": { (call: inout Call, parameters) throws(AWSError) in
      var vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      // "default" is no set of options at all.
      if try parameters.required("DhcpOptionsId") == "default" {
        vpc.dhcpOptionsID = nil
      } else {
        vpc.dhcpOptionsID = try call.dhcpOptions(parameters.ec2ID("DhcpOptionsId", .dhcpOptions)).id
      }
      try call.apply(.replace(.vpc(vpc)))
      return .done
    },
  ]
}

extension DHCPOptions {
  /// Servers of a kind that a set may name (DHCP).
  private static let mostServers = 4

  fileprivate static func check(_ key: String, _ values: [String]) throws(AWSError) {
    guard !values.isEmpty else { throw .missing("DhcpConfiguration.Value") }
    switch key {
    case "domain-name": break
    case "domain-name-servers", "ntp-servers", "netbios-name-servers":
      guard values.count <= mostServers else {
        throw .invalid("DhcpConfiguration.Value", values.joined(separator: ","), "at most \(mostServers) servers")
      }
      for value in values where IPAddress(value) == nil {
        guard key == "domain-name-servers", value == "AmazonProvidedDNS" else {
          throw .invalid(
            key, value, "it must be an address" + (key == "domain-name-servers" ? " or AmazonProvidedDNS" : ""))
        }
      }
    case "netbios-node-type":
      for value in values where !["1", "2", "4", "8"].contains(value) {
        throw .invalid(key, value, "it is 1, 2, 4 or 8")
      }
    default: throw .invalid("DhcpConfiguration.Key", key, "there is no such option")
    }
  }
}

extension Call {
  fileprivate func describeDHCPOptions(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(parameters, names: ["dhcp-options-id", "key", "tag", "tag-key", "value"])
    let all = filters.sift(try dhcpOptions(parameters.ec2IDs("DhcpOptionsId", .dhcpOptions))) { options, name in
      switch name {
      case "dhcp-options-id": [options.id.rawValue]
      case "key": Array(options.configurations.keys)
      case "value": options.configurations.values.flatMap(\.self)
      default: options.tags.values(ofFilter: name)
      }
    }
    let page = try PageRequest(parameters).page(all) { $0.id.rawValue }
    return [.list("dhcpOptionsSet", page.items.map { members(of: $0) })] + XML.nextToken(page.next)
  }

  fileprivate func members(of options: DHCPOptions) -> [XML] {
    let configurations = options.configurations.sorted { $0.key < $1.key }.map { key, values in
      [XML("key", key), .list("valueSet", values.map { [XML("value", $0)] })]
    }
    return [
      XML("dhcpOptionsId", options.id), XML("ownerId", options.ownerID),
      .list("dhcpConfigurationSet", configurations), .tags(options.tags),
    ]
  }
}
