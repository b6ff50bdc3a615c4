// Lists of hosted zones: by id, by name, by VPC.
import Cloud
import DNSWire

extension RESTService {
  static let hostedZoneListOperations: [String: Operation] = [
    "GetHostedZoneCount": { (call: inout Call, parameters) throws(AWSError) in
      [XML("HostedZoneCount", call.hostedZones.count)]
    },
    "ListHostedZones": { (call: inout Call, parameters) throws(AWSError) in
      let size = try parameters.pageSize("MaxItems", most: Route53Limits.zonesOfPage)
      let type = parameters.text("HostedZoneType")
      guard type == nil || type == "PrivateHostedZone" else {
        throw .invalid("HostedZoneType", type ?? "", "it must be PrivateHostedZone")
      }
      let marker: ID<HostedZone>? = parameters.id("Marker")
      let zones = call.hostedZones.filter { type == nil || $0.isPrivate }.sorted { $0.id < $1.id }
      let rest = zones.drop { zone in marker.map { zone.id < $0 } ?? false }
      var items: [XML] = []
      for zone in rest.prefix(size) { items.append(call.xml(zone)) }
      let next = rest.dropFirst(size).first
      return [
        XML("HostedZones", items), XML("Marker", optional: marker), XML("IsTruncated", next != nil),
        XML("NextMarker", optional: next?.id), XML("MaxItems", size),
      ].compactMap(\.self)
    },
    // By the labels from the right, as the canonical order has it.
    "ListHostedZonesByName": { (call: inout Call, parameters) throws(AWSError) in
      let size = try parameters.pageSize("MaxItems", most: Route53Limits.zonesOfPage)
      let name = try parameters.domainName("DNSName")
      let id: ID<HostedZone>? = parameters.id("HostedZoneId")
      guard id == nil || name != nil else {
        throw .invalidInput("HostedZoneId needs a DNSName, which is the name of that hosted zone")
      }
      let zones = call.hostedZones.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
      let rest = zones.drop { zone in
        guard let name else { return false }
        return id.map { (zone.name, zone.id) < (name, $0) } ?? (zone.name < name)
      }
      var items: [XML] = []
      for zone in rest.prefix(size) { items.append(call.xml(zone)) }
      let next = rest.dropFirst(size).first
      return [
        XML("HostedZones", items), XML("DNSName", optional: name?.route53), XML("HostedZoneId", optional: id),
        XML("IsTruncated", next != nil), XML("NextDNSName", optional: next?.name.route53),
        XML("NextHostedZoneId", optional: next?.id), XML("MaxItems", size),
      ].compactMap(\.self)
    },
    // Whosever the zones are: the VPC is the caller's.
    "ListHostedZonesByVPC": { (call: inout Call, parameters) throws(AWSError) in
      let id: ID<VPC> = try parameters.requiredID("VPCId")
      let region = try parameters.required("VPCRegion")
      guard let vpc = call.world.vpcs[id], vpc.region.code == region, vpc.ownerID == call.caller.account else {
        throw .invalidInput("The VPC \(id) in \(region) is not yours, or is not there")
      }
      let size = try parameters.pageSize("MaxItems", most: Route53Limits.zonesOfPage)
      let request = PageRequest(size: size, after: try parameters.route53Token())
      let zones = call.world.hostedZones.values.filter { $0.vpcIDs.contains(id) }
      let page = request.page(zones) { $0.id.rawValue }
      let items = page.items.map { zone in
        let service = zone.details["LinkedService"]?.members.text("ServicePrincipal")
        return [
          XML("HostedZoneId", zone.id), XML("Name", zone.name.route53),
          XML("Owner", [service.map { XML("OwningService", $0) } ?? XML("OwningAccount", zone.ownerID)]),
        ]
      }
      return [
        .list("HostedZoneSummaries", of: "HostedZoneSummary", items), XML("MaxItems", size),
        XML("NextToken", optional: page.next),
      ].compactMap(\.self)
    },
  ]
}

extension Parameters {
  /// `NextToken`, read back.
  func route53Token() throws(AWSError) -> String? {
    guard let token = text("NextToken"), !token.isEmpty else { return nil }
    guard let key = PageToken.key(token) else {
      throw AWSError("InvalidPaginationToken", "The pagination token is not valid")
    }
    return key
  }
}
