// Amazon Route 53 Resolver: which action stands where, the service's own errors, and what its lists have in common.
import Cloud
import WorldFile

extension JSONService {
  static let resolver = JSONService(
    name: "route53resolver", target: "Route53Resolver",
    operations: [
      resolverRuleOperations, resolverRuleAssociationOperations, queryLogOperations, queryLogAssociationOperations,
      resolverConfigOperations, resolverEndpointOperations, resolverTagOperations,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("an action stands twice") } },
    translate: { error in
      var own = error
      own.code = resolverCodes[error.code] ?? error.code
      return own
    })

  /// Errors of any service in the Resolver's words.
  private static let resolverCodes = [
    "MissingParameter": "InvalidParameterException", "InvalidParameterValue": "InvalidParameterException",
    "UnknownParameter": "InvalidParameterException", "InvalidParameterCombination": "InvalidParameterException",
    "MalformedQueryString": "InvalidParameterException", "InvalidVpcID.NotFound": "ResourceNotFoundException",
    "InvalidSubnetID.NotFound": "ResourceNotFoundException", "InvalidGroup.NotFound": "ResourceNotFoundException",
    "InvalidIPAddress.InUse": "InvalidRequestException", "InsufficientFreeAddressesInSubnet": "InvalidRequestException",
    "InvalidDomainName": "InvalidParameterException", "ResourceNotFound": "ResourceNotFoundException",
    "ResourceAlreadyExists": "ResourceExistsException",
    "TagLimitExceeded": "LimitExceededException", "FilterLimitExceeded": "InvalidParameterException",
    "InvalidPaginationToken": "InvalidNextTokenException", "InternalError": "InternalServiceErrorException",
    "RequestLimitExceeded": "ThrottlingException", "SignatureDoesNotMatch": "InvalidSignatureException",
    "IncompleteSignature": "IncompleteSignatureException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
  ]
}

/// Sizes of the Resolver's requests (its model).
enum ResolverLimits {
  /// Items of a page, and the most of one.
  static let page = 100
  /// Characters of a name.
  static let name = 64
  static let creatorRequestID = 255
}

extension AWSError {
  static func resolverResourceNotFound(_ kind: String, _ id: String) -> AWSError {
    AWSError("ResourceNotFoundException", "The \(kind) '\(id)' does not exist")
  }
}

extension Parameters {
  /// A name that people give: letters, digits, blanks, hyphens and underscores, and not digits alone.
  func resolverName(_ member: String = "Name") throws(AWSError) -> String? {
    try parsed(member, "it has up to \(ResolverLimits.name) letters, digits, blanks, - or _, and not digits alone") {
      text in
      let isGood = text.utf8.allSatisfy { octet in
        switch octet {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "-_' ".utf8.contains(octet)
        }
      }
      let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      return isGood && !isNumber && text.utf8.count <= ResolverLimits.name ? text : nil
    }
  }

  func creatorRequestID() throws(AWSError) -> String {
    let id = try required("CreatorRequestId")
    guard id.utf16.count <= ResolverLimits.creatorRequestID else {
      throw .invalid("CreatorRequestId", id, "it has at most \(ResolverLimits.creatorRequestID) characters")
    }
    return id
  }

  func resolverTags() throws(AWSError) -> [Tag] {
    let tags = try tags("Tags")
    try Self.check(tags)
    return tags
  }

  /// The page of a list of objects, filtered by the texts of their members and sorted by `Id`.
  /// - Parameter filters: The names of filters and the members that they look at.
  func page(
    _ name: String, _ items: [Details], filters known: [String: String]? = nil, sizes: ClosedRange<Int> = 1...100
  ) throws(AWSError) -> Details {
    let size = try integer("MaxResults", in: sizes) ?? ResolverLimits.page
    var fitting = items
    if let known {
      let filters = try Filters(self, names: Set(known.keys), list: "Filters", values: "Values")
      fitting = filters.sift(items) { item, filter in known[filter].flatMap { item.text($0) }.map { [$0] } }
    }
    let page = PageRequest(size: size, after: try route53Token()).page(fitting) { $0.text("Id") ?? "" }
    var result: Details = [name: .list(page.items.map { .mapping($0) })]
    if let next = page.next { result["NextToken"] = .text(next) }
    return result
  }
}

extension Details {
  /// Whose it is. What a file says nothing of is the default account's.
  var resolverOwner: String { text("OwnerId") ?? WorldFile.defaultAccountID }

  /// Its Region, where nothing else tells it.
  var resolverRegion: Region { text("Region").map { Region($0) } ?? .usEast1 }

  /// What a new resource has of the call that makes it.
  init(madeBy call: borrowing Call) {
    self.init()
    self["CreationTime"] = .text(call.now.description)
    if call.caller.account != WorldFile.defaultAccountID { self["OwnerId"] = .text(call.caller.account) }
    if call.region != .usEast1 { self["Region"] = .text(call.region.code) }
  }

  /// Without what no reply shows.
  var shown: Details { filter { !["Region", "Tags", "AssociationNames", "IpAddresses"].contains($0.key) } }
}

extension Call {
  /// Whether a resource of the Resolver is the caller's, in the Region that he calls.
  func sees(_ details: Details) -> Bool {
    details.resolverOwner == caller.account && details.resolverRegion == region
  }

  func resolverARN(_ kind: String, _ id: String, _ details: Details) -> String {
    "arn:aws:route53resolver:\(details.resolverRegion):\(details.resolverOwner):\(kind)/\(id)"
  }

  /// The stored resources of a kind that the caller sees.
  func storedDetails(_ kind: StoredResource.Kind) -> [(id: String, details: Details)] {
    stored(kind).map { ($0.key.id, $0.details) }
  }

  func storedDetails(_ kind: StoredResource.Kind, _ id: String, _ words: String) throws(AWSError) -> Details {
    guard let found = stored(kind, id) else { throw .resolverResourceNotFound(words, id) }
    return found.details
  }
}
