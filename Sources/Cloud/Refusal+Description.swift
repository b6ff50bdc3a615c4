// Each refusal as one English sentence, with the ids and the requirement.
import DNSWire

extension Refusal: CustomStringConvertible {
  public var description: String { reason.description }
}

extension Refusal.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let kind, let id): "there is no \(kind) \(id)"
    case .alreadyExists(let kind, let id): "the \(kind) \(id) is there twice"
    case .otherRegion(let kind, let id, let region, let expected):
      "the \(kind) \(id) is in \(region), and must be in \(expected)"
    case .notARegion(let region):
      "a Region's code has small letters, digits and hyphens, at most 63 of them: \"\(region)\" is none"
    case .unknownPlatforms(let platforms):
      "the supported platforms are EC2 and VPC, or VPC alone, not \(platforms.joined(separator: ", ")) (S131)"
    case .classicNotSupported(let kind, let id):
      "the \(kind) \(id) needs EC2-Classic, and the account supports VPC only (S5)"
    case .dependency(let kind, let id, let user): "the \(kind) \(id) cannot be removed while it has \(user)"
    case .tooMany(let what, let count, let most): "\(count) \(what) are too many: there are \(most) at most"
    case .nestedTooDeep: Detail.tooDeep
    case .cannotChange(let kind, let id): "this of the \(kind) \(id) cannot be changed"
    case .cannotRemove: "settings and supported platforms cannot be removed"

    case .rangeSize(let range):
      "\(range) must have a length from /\(Quotas.vpcPrefixLengths.lowerBound) "
        + "to /\(Quotas.vpcPrefixLengths.upperBound)"
    case .rangeWithBroadcast(let range):
      "\(range) holds \(range.last), the address of all hosts: no VPC can have it (RFC 919)"
    case .rangesOverlap(let one, let other): "the ranges \(one) and \(other) of the VPC overlap"
    case .secondDefaultVPC(let other): "\(other) is the default VPC of the account and Region already"
    case .subnetOutsideVPC(let range, let vpc): "\(range) is not inside a range of \(vpc)"
    case .subnetOverlaps(let range, let subnet): "\(range) overlaps \(subnet)"
    case .subnetOfAnotherVPC(let subnet, let vpc): "\(subnet) is not a subnet of \(vpc)"
    case .routeTwice(let destination): "two routes lead to \(destination)"
    case .routeWithoutTarget(let destination): "the route to \(destination) has no target"
    case .secondMainRouteTable(let vpc): "\(vpc) has a main route table already"
    case .subnetHasRouteTable(let subnet, let table): "\(subnet) is associated with \(table) already"
    case .rangeInUse(let vpc, let range, let user): "the range \(range) of \(vpc) has \(user)"
    case .localRoute(let table, let destination):
      "the local route to \(destination) of \(table) cannot be deleted (S41)"
    case .groupInUse(let group, let count): "\(group) cannot be removed while it is used (\(count))"
    case .groupNamedByRule(let group, let other): "\(group) cannot be removed while a rule of \(other) names it"
    case .defaultGroup(let group): "\(group) is the default group and cannot be removed"
    case .hostnamesNeedSupport(let vpc):
      "EnableDnsHostnames of \(vpc) cannot be turned on while EnableDnsSupport is off"

    case .addressOutsideVPC(let address, let vpc): "\(address) is not inside a range of \(vpc)"
    case .addressOutsideSubnet(let address, let subnet): "\(address) is not inside \(subnet)"
    case .addressOutsideClassic(let address):
      "\(address) is not inside \(CIDRBlock.ec2Classic), the range of EC2-Classic (S58)"
    case .addressInUse(let address, let holder): "\(address) belongs to \(holder) already"
    case .addressOfService(let address, let holder):
      "\(address) belongs to \(holder), which alone can move it"
    case .addressMappedTwice(let address, let one, let other): "\(address) is mapped to \(one) and to \(other)"
    case .ipv6InClassic(let instance): "\(instance) is in EC2-Classic and cannot have an IPv6 address (S8)"
    case .severalAddressesInClassic(let instance): "\(instance) is in EC2-Classic and has one private address at most"
    case .classicInstanceInVPC(let instance):
      "\(instance) is in EC2-Classic and cannot have a subnet or a network interface"
    case .vpcGroupInClassic(let group): "\(group) is a group of a VPC: an EC2-Classic instance cannot have it"
    case .classicGroupInVPC(let group): "\(group) is a group of EC2-Classic, not of a VPC"
    case .groupOfAnotherVPC(let group, let vpc): "\(group) is not a group of \(vpc) (S2)"
    case .inAnotherVPC(let kind, let id, let vpc): "the \(kind) \(id) is not in \(vpc)"
    case .vpcElasticIPOnClassicInstance(let address, let instance):
      "\(address) is an Elastic IP address for VPCs, and \(instance) is in EC2-Classic (S59)"
    case .classicElasticIPInVPC(let address):
      "\(address) is an Elastic IP address for EC2-Classic and cannot be used in a VPC"
    case .interfaceOfAnotherInstance(let interface, let instance): "\(interface) is not an interface of \(instance)"
    case .notItsPrivateAddress(let address?, let holder): "\(address) is not a private address of \(holder)"
    case .notItsPrivateAddress(nil, let holder): "\(holder) has no private address to associate with"
    case .instanceState(let instance, let state):
      "\(instance) is \(state.rawValue): it cannot be started or stopped now"
    case .instanceNotStopped(let instance, let state):
      "\(instance) is \(state.rawValue): its type and kind of hostname change only while it is stopped"
    case .classicGroupsFixed(let instance):
      "\(instance) is in EC2-Classic, and its groups cannot be changed after its launch"
    case .interfaceAttached(let interface, let instance): "\(interface) is attached to \(instance)"

    case .rangeConflictsWithClassic(let vpc, let range):
      "\(vpc) has the range \(range) and cannot be enabled for ClassicLink: inside \(CIDRBlock.ec2Classic) only "
        + "10.0.0.0/16 and 10.1.0.0/16 can (S44, S58)"
    case .routeConflictsWithClassic(let table, let destination):
      "\(table) has a route to \(destination), inside \(CIDRBlock.ec2Classic): its VPC cannot be enabled for "
        + "ClassicLink (S44, S58)"
    case .routeInsideClassicRange(let table, let destination):
      "\(table) cannot have a route to \(destination), inside \(CIDRBlock.ec2Classic): its VPC reaches EC2-Classic "
        + "(S45, S51)"
    case .dedicatedTenancy(let vpc): "\(vpc) has dedicated tenancy and cannot be enabled for ClassicLink (S56)"
    case .classicLinkNotEnabled(let vpc): "\(vpc) is not enabled for ClassicLink (S9)"
    case .notAClassicInstance(let instance, let vpc):
      "\(instance) is in \(vpc): only an EC2-Classic instance can be linked (S63)"
    case .notRunning(let instance, let state):
      "\(instance) is \(state.rawValue): only a running instance can be linked (S69)"
    case .alreadyLinked(let instance, let vpc): "\(instance) is linked to \(vpc) already (S53)"
    case .linkAcrossRegions(let instance, let vpc): "\(instance) and \(vpc) are in different Regions (S55)"
    case .linkAcrossAccounts(let instance, let vpc): "\(instance) and \(vpc) are in different accounts (S55)"
    case .noGroup(let instance): "a link of \(instance) needs at least one security group of the VPC (S2)"
    case .notLinked(let instance, let vpc): "\(instance) is not linked to \(vpc)"
    case .instancesAreLinked(let vpc, let count):
      "ClassicLink of \(vpc) cannot be disabled while instances are linked (\(count)) (S22)"

    case .peeringWithItself(let vpc): "\(vpc) cannot be peered with itself"
    case .alreadyPeered(let one, let other, let peering): "\(one) and \(other) are peered by \(peering) already"
    case .peersOverlap(let one, let other): "the ranges \(one) and \(other) of the peers overlap"
    case .classicLinkAcrossRegions(let peering):
      "\(peering) connects two Regions and cannot have ClassicLink options"
    case .peeringNotActive(let peering, let status): "\(peering) is \(status): only an active peering has options"
    case .peeringTransition(let peering, let old, let new): "\(peering) is \(old) and cannot become \(new)"
    case .peerHostnamesDisabled(let peering, let vpc):
      "DNS resolution over \(peering) needs EnableDnsHostnames on \(vpc)"
    case .nothingToModify(let peering): "no option of \(peering) is given"

    case .endpointInUse(let name, let holder): "the endpoint \(name) belongs to \(holder) already"
    case .publicCacheNode(let cluster, let node):
      "node \(node) of \(cluster) is in a VPC and cannot have a public address (S136)"
    case .memberTwice(let instance): "\(instance) is a member twice"
    case .secondWriter(let cluster): "\(cluster) has more than one writer"
    case .memberOfAnotherCluster(let instance, let cluster): "\(instance) is a member of \(cluster)"
    case .noStandby(let instance): "\(instance) has no standby with a known address to fail over to (S31)"
    case .clusterHasMembers(let cluster, let count): "\(cluster) cannot be removed while it has members (\(count))"
    case .notRegistrable(let instance, let balancer):
      "\(instance) cannot be registered with \(balancer): it is neither in its network nor linked to its VPC in a "
        + "zone where that has a subnet (S25)"
    case .registeredTwice(let instance): "\(instance) is registered twice"

    case .privateZoneWithoutVPC(let zone): "\(zone) is a private zone and needs at least one VPC"
    case .publicZoneWithVPC(let zone): "\(zone) is a public zone and cannot be associated with a VPC"
    case .vpcTwice(let vpc): "\(vpc) is listed twice"
    case .tooManyVPCs(let count): "\(count) VPCs are too many: a zone has at most \(Quotas.vpcsPerHostedZone)"
    case .wildcardZone(let name): "\(name) begins with a wildcard, which no zone's name does"
    case .zoneNameTwice(let name, let vpc, let zone): "\(vpc) has a zone \(name) already, \(zone)"
    case .recordSet(let name, let type, let fault): "\(name) \(type): \(fault)"
    case .zoneNotEmpty(let zone, let count): "\(zone) cannot be removed while it has more than SOA and NS (\(count))"
    case .ruleAssociated(let rule, let vpc): "\(rule) cannot be removed while it is associated with \(vpc)"
    case .ruleWithoutTarget(let rule): "\(rule) is a FORWARD rule and needs a target"
    case .ruleWithTarget(let rule, let kind): "\(rule) is a \(kind.rawValue) rule and cannot have targets"
    case .ruleDomainTwice(let name, let vpc, let rule): "\(vpc) has a rule for \(name) already, \(rule)"

    case .requesterTwice(let source): "the source \(source) is there twice for one network"
    }
  }
}

extension Refusal.RecordSetFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .outsideZone(let zone): "the name is not in the zone \(zone)"
    case .empty: "there are no values"
    case .tooManyValues(let count): "\(count) values are too many: at most \(Quotas.valuesPerRecordSet) are allowed"
    case .valueTwice: "a value is there twice"
    case .malformedValue: "a value does not fit the type"
    case .notADataType: "the type cannot be stored in a zone"
    case .timeToLive(let seconds): "a TTL of \(seconds) is over \(Quotas.longestTimeToLive) seconds (RFC 2181 8)"
    case .cnameBesideOtherData(let type): "a CNAME cannot stand beside \(type) data (RFC 1034 3.6.2)"
    case .cnameAtApex: "a CNAME cannot stand at the top of a zone"
    case .severalRecords: "there can be only one record of this type"
    case .belowDNAME(let name): "no name can be below the DNAME at \(name) (RFC 6672 2.4)"
    case .soaBelowApex: "an SOA stands at the top of a zone only"
    case .neededAtApex: "a zone keeps it at its top"
    case .wildcardNS: "a wildcard cannot have NS records"
    case .twice: "the record set is there twice"
    case .mixedPolicies: "the sets of one name and type must have one routing policy"
    case .setIdentifierMissing: "a set with a routing policy needs a SetIdentifier"
    case .setIdentifierTwice(let text): "the SetIdentifier \(text) is there twice"
    case .setIdentifierUnexpected(let text): "a simple set cannot have a SetIdentifier (\(text))"
    case .policyValueTwice: "two sets have the same failover role, Region or location"
    case .weight(let weight): "the weight \(weight) is not from 0 to \(Quotas.largestWeight)"
    case .aliasOfThisType: "a set of this type cannot be an alias"
    case .aliasTargetMissing(let target): "the alias target \(target) has no set of this type in the zone"
    case .aliasToItself: "the alias points to itself"
    case .nestedTooDeep: Detail.tooDeep
    }
  }
}

extension Requester.Source: CustomStringConvertible {
  public var description: String {
    switch self {
    case .v4(let range): range.description
    case .v6(let range): range.description
    }
  }
}

extension Detail {
  fileprivate static let tooDeep = "this is nested more than \(deepest) levels deep"
}
