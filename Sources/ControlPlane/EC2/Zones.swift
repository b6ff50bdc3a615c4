// Regions and Availability Zones: those of the world, and those that clients take for granted.
import Cloud

extension QueryService {
  static let zoneOperations: [String: Operation] = [
    "DescribeRegions": { (call: inout Call, parameters) throws(AWSError) in
      let wanted = try parameters.texts("RegionName")
      // All of them are on here: nothing has to be opted in to.
      _ = try parameters.boolean("AllRegions")
      let known = call.regions
      for name in wanted where !known.contains(Region(name)) {
        throw .invalid("RegionName", name, "there is no such Region")
      }
      let filters = try Filters(parameters, names: ["endpoint", "opt-in-status", "region-name"])
      let regions = filters.sift(known.filter { wanted.isEmpty || wanted.contains($0.code) }) { region, name in
        switch name {
        case "endpoint": [region.endpoint]
        case "opt-in-status": ["opt-in-not-required"]
        default: [region.code]
        }
      }
      let items = regions.map {
        [
          XML("regionName", $0), XML("regionEndpoint", $0.endpoint), XML("optInStatus", "opt-in-not-required"),
        ]
      }
      return [.list("regionInfo", items)]
    },
    "DescribeAvailabilityZones": { (call: inout Call, parameters) throws(AWSError) in
      let wanted = try parameters.texts("ZoneName")
      _ = try parameters.boolean("AllAvailabilityZones")
      let region = call.region
      let known = call.availabilityZones
      for name in wanted where !known.contains(name) {
        throw .invalid("ZoneName", name, "there is no such Availability Zone in \(region)")
      }
      let filters = try Filters(
        parameters, names: ["opt-in-status", "region-name", "state", "zone-name", "zone-type"])
      let zones = filters.sift(known.filter { wanted.isEmpty || wanted.contains($0) }) { zone, name in
        switch name {
        case "opt-in-status": ["opt-in-not-required"]
        case "region-name": [region.code]
        case "state": ["available"]
        case "zone-type": ["availability-zone"]
        default: [zone]
        }
      }
      let items = zones.map {
        [
          XML("zoneName", $0), XML("zoneState", "available"), XML("regionName", region),
          XML("zoneType", "availability-zone"), XML("groupName", region), XML("networkBorderGroup", region),
          XML("optInStatus", "opt-in-not-required"), .list("messageSet", []),
        ]
      }
      return [.list("availabilityZoneInfo", items)]
    },
  ]
}

extension Region {
  fileprivate var endpoint: String {
    "ec2.\(code).amazonaws.com" + (code.hasPrefix("cn-") ? ".cn" : "")
  }

  /// Those that had EC2-Classic, where a world is most likely to stand (EC2CLASSIC).
  fileprivate static let wellKnown = [
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1", "sa-east-1", "us-east-1", "us-west-1",
    "us-west-2",
  ].map { Region($0) }
}

extension Call {
  fileprivate var regions: [Region] {
    Set(Region.wellKnown + world.vpcs.values.map(\.region) + [caller.region]).sorted()
  }

  /// Zones a to c of the Region: those that are always there.
  var standardZones: [String] { ["a", "b", "c"].map { caller.region.code + $0 } }

  /// They, and those in which the world's subnets are.
  fileprivate var availabilityZones: [String] {
    var zones = Set(standardZones)
    for subnet in world.subnets.values {
      if let zone = subnet.availabilityZone, zone.hasPrefix(caller.region.code) { zones.insert(zone) }
    }
    return zones.sorted()
  }

  /// They, and those in which instances of EC2-Classic are: a search that only zones need which nobody knows.
  func hasZone(_ zone: String) -> Bool {
    standardZones.contains(zone) || availabilityZones.contains(zone)
      || world.instances.values.contains { $0.region == region && $0.availabilityZone == zone }
  }

  /// `Placement.AvailabilityZone`, checked.
  func availabilityZone(_ parameters: Parameters, _ name: String) throws(AWSError) -> String? {
    guard let zone = parameters.text(name), !zone.isEmpty else { return nil }
    guard hasZone(zone) else {
      throw .invalid(
        parameters.name(of: name), zone,
        "the Availability Zones of \(caller.region) are " + availabilityZones.joined(separator: ", "))
    }
    return zone
  }
}
