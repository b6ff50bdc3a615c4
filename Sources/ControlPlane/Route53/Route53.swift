// Amazon Route 53: which path is which action, and the service's own errors.
import Cloud
import DNSWire

extension RESTService {
  static let route53 = RESTService(
    name: "route53", version: "2013-04-01", namespace: "https://route53.amazonaws.com/doc/2013-04-01/",
    routes: [
      Route("POST hostedzone", "CreateHostedZone", status: 201),
      Route(
        "GET hostedzone?marker=Marker&maxitems=MaxItems&hostedzonetype=HostedZoneType"
          + "&delegationsetid=DelegationSetId", "ListHostedZones"),
      Route(
        "GET hostedzonesbyname?dnsname=DNSName&hostedzoneid=HostedZoneId&maxitems=MaxItems", "ListHostedZonesByName"),
      Route(
        "GET hostedzonesbyvpc?vpcid=VPCId&vpcregion=VPCRegion&maxitems=MaxItems&nexttoken=NextToken",
        "ListHostedZonesByVPC"),
      Route("GET hostedzonecount", "GetHostedZoneCount"),
      Route("GET hostedzone/{Id}", "GetHostedZone"),
      Route("POST hostedzone/{Id}", "UpdateHostedZoneComment"),
      Route("DELETE hostedzone/{Id}", "DeleteHostedZone"),
      Route("GET hostedzonelimit/{Id}/{Type}", "GetHostedZoneLimit"),
      Route("POST hostedzone/{Id}/rrset", "ChangeResourceRecordSets"),
      Route(
        "GET hostedzone/{Id}/rrset?name=StartRecordName&type=StartRecordType&identifier=StartRecordIdentifier"
          + "&maxitems=MaxItems", "ListResourceRecordSets"),
      Route("POST hostedzone/{Id}/associatevpc", "AssociateVPCWithHostedZone"),
      Route("POST hostedzone/{Id}/disassociatevpc", "DisassociateVPCFromHostedZone"),
      Route("POST hostedzone/{Id}/authorizevpcassociation", "CreateVPCAssociationAuthorization"),
      Route("POST hostedzone/{Id}/deauthorizevpcassociation", "DeleteVPCAssociationAuthorization"),
      Route(
        "GET hostedzone/{Id}/authorizevpcassociation?nexttoken=NextToken&maxresults=MaxResults",
        "ListVPCAssociationAuthorizations"),
      Route("GET change/{Id}", "GetChange"),
      Route(
        "GET testdnsanswer?hostedzoneid=HostedZoneId&recordname=RecordName&recordtype=RecordType"
          + "&resolverip=ResolverIP&edns0clientsubnetip=EDNS0ClientSubnetIP"
          + "&edns0clientsubnetmask=EDNS0ClientSubnetMask", "TestDNSAnswer"),
      Route("GET tags/{ResourceType}/{ResourceId}", "ListTagsForResource"),
      Route("POST tags/{ResourceType}/{ResourceId}", "ChangeTagsForResource"),
      Route("POST tags/{ResourceType}", "ListTagsForResources"),
    ],
    operations: [
      hostedZoneOperations, hostedZoneListOperations, recordSetOperations, vpcAssociationOperations,
      authorizationOperations, changeOperations, hostedZoneTagOperations,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("an action stands twice") } },
    lists: [
      "Changes": "Change", "ResourceRecords": "ResourceRecord", "AddTags": "Tag", "RemoveTagKeys": "Key",
      "ResourceIds": "ResourceId",
    ],
    translate: { error in
      var own = error
      own.code = codes[error.code] ?? error.code
      own.status = error.status == 400 ? statuses[own.code] ?? 400 : error.status
      return own
    },
    location: { result in
      guard case .elements(let zone)? = result.first(where: { $0.name == "HostedZone" })?.content,
        case .text(let id)? = zone.first(where: { $0.name == "Id" })?.content
      else { return nil }
      return "https://route53.amazonaws.com/2013-04-01\(id)"
    })

  /// Errors of any service in Route 53's words.
  private static let codes = [
    "MissingParameter": "InvalidInput", "InvalidParameterValue": "InvalidInput", "UnknownParameter": "InvalidInput",
    "InvalidParameterCombination": "InvalidInput", "MalformedQueryString": "InvalidInput",
    "MalformedInput": "InvalidInput", "InvalidVpcID.NotFound": "InvalidVPCId", "TagLimitExceeded": "InvalidInput",
  ]
  /// Of errors whose status is not 400.
  private static let statuses = [
    "NoSuchHostedZone": 404, "NoSuchHealthCheck": 404, "NoSuchChange": 404, "VPCAssociationNotFound": 404,
    "VPCAssociationAuthorizationNotFound": 404, "HostedZoneAlreadyExists": 409, "NotAuthorizedException": 401,
    "InvalidAction": 404,
  ]
}

extension AWSError {
  static func invalidInput(_ message: String) -> AWSError { AWSError("InvalidInput", message) }

  /// All that is wrong with a batch, in the form that AWS's clients show.
  static func invalidChangeBatch(_ messages: [String]) -> AWSError {
    AWSError("InvalidChangeBatch", "[\(messages.joined(separator: ", "))]")
  }
}

/// Sizes and counts of Route 53 (R53LIM, R53API).
enum Route53Limits {
  /// Characters of a comment.
  static let comment = 256
  static let callerReference = 128
  /// `ResourceRecord` elements of a batch; an UPSERT counts twice.
  static let recordsOfBatch = 1000
  /// Characters of all values of a batch; an UPSERT counts twice.
  static let charactersOfBatch = 32_000
  /// Characters of a `SetIdentifier`.
  static let setIdentifier = 128
  /// Items of a page of zones, and the most of one.
  static let zonesOfPage = 100
  /// Items of a page of record sets, and the most of one.
  static let recordSetsOfPage = 300
  static let authorizations = 1000
  static let authorizationsOfPage = 50
  /// Tags, and keys, in one call.
  static let tagsOfCall = 10
  /// Zones whose tags one call reads.
  static let resourcesOfCall = 10
}

extension Parameters {
  /// The size of a page: more than the most is the most.
  func pageSize(_ name: String, most: Int) throws(AWSError) -> Int {
    min(try integer(name, in: 1...Int(Int32.max)) ?? most, most)
  }

  /// A name in Route 53's text, in lower case (semantics 3.3).
  func domainName(_ member: String) throws(AWSError) -> Name? {
    guard let text = text(member) else { return nil }
    do throws(NameFault) {
      return try Name(route53: text)
    } catch {
      throw AWSError("InvalidDomainName", "The domain name '\(text)' is invalid: \(error.words)")
    }
  }
}
