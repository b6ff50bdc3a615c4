// Fixed texts of answers: they stand in the tables, so that writing one is a copy.

/// The version that `--version` and `version.bind.` tell.
public let productVersion = "0.1.0"

enum Phrase: UInt8, CaseIterable {
  case elsewhere
  case foreignResolver
  case recursionNotDesired
  case noServerAnswers
  case forged
  case notAsked
  case ownAddress
  case tooManyWait
  case malformed
  case chainLeaves
  case chainStops
  case chainTooLong
  case unknownAddress
  case answerTooLarge
  case otherClass
  case metaType
  case mailType
  case noTransfer
  case version
  case asker
  case source
  case network
  case listener
  case generation
  case foundBy
  case classic
  case classicHost
  case internet
  case any
  case linkedTo
  case supportOn
  case supportOff
  case someHostIn
  case inVPC
  case attributesOff
  case requesterLine
  case instanceAddress
  case vpcRange
  case classicRange
  case ambiguous
  case unknown
  case foreign
  // What a reason says.
  case supportOffPublic
  case supportIdlePublic
  case attributeOffPublic
  case peeringOffPublic
  case otherVPCPublic
  case otherNetworkPublic
  case noPrivateAddress
  case addressOnly
  case supportOnPrivate
  case inClassicPrivate
  case ownVPCPrivate
  case peeringOnPrivate
  case rangeHasAddress
  case madeFromName
  case hasResourceName
  case hasNoSuchRecord
  case publiclyAccessible
  case notPubliclyAccessible
  case onClassicPlatform
  case onClassicPlatformPrivate
  case clusterMember
  case cacheNode
  case cacheConfiguration
  case internetFacing
  case internalBalancer
  case addressNotKnown
  case ruleForwards
  case zoneHasNoName
  case zoneHasNoType
  case zoneNamesAnother
  case zoneRenames
  case zoneAlias
  case zoneDelegates
  case privateZone
  case publicZone
  case reverseOfPrivate
  case reverseOfPublic
  case reverseParent
  case localName
  case supportOffSilence
  case asksAnotherNetwork
  case notForThisAsker
  case nobodyHasAddress
  case hiddenHostname
  case hiddenResourceName
  case hiddenReverse
  case otherRegionPublic
  case peeringIdlePublic
  case pointerOnly
  case anotherServers

  var index: Int { @_noLocks get { Int(rawValue) } }

  var text: String {
    switch self {
    case .elsewhere: "this name needs another server, and no upstream is set"
    case .foreignResolver: "the resolver of another network cannot be queried"
    case .recursionNotDesired: "this name needs another server, and recursion is not desired"
    case .noServerAnswers: "no upstream server answers"
    case .forged: "DNSSEC says that the answer is forged, or its signatures are out of date"
    case .notAsked: "the upstream server could not be asked"
    case .ownAddress: "the Resolver rule forwards to this very server"
    case .tooManyWait: "too many questions wait for upstream servers"
    case .malformed: "the upstream server's answer cannot be read"
    case .chainStops: "the chain leaves what this server knows, and recursion is not desired"
    case .chainLeaves: "the chain leaves what this server knows, and no upstream is set"
    case .chainTooLong: "the chain is a circle or has too many hops"
    case .unknownAddress: "the world does not tell the address of this resource"
    case .answerTooLarge: "the answer does not fit into 65,535 octets"
    case .otherClass: "classes other than IN and CH have no data here"
    case .metaType: "no data has this type"
    case .mailType: "MAILA and MAILB are obsolete"
    case .noTransfer: "zones are not transferred"
    case .version: "classiclink-dns \(productVersion)"
    case .asker: "asker "
    case .source: "source "
    case .network: "network "
    case .listener: "listener "
    case .generation: "generation "
    case .foundBy: "found by "
    case .classic: "EC2-Classic "
    case .classicHost: "an unlinked EC2-Classic host of "
    case .internet: "the internet"
    case .any: "any"
    case .linkedTo: "linked to "
    case .supportOn: ", ClassicLink DNS support in force"
    case .supportOff: ", ClassicLink DNS support not in force"
    case .someHostIn: "some host in "
    case .inVPC: "in "
    case .attributesOff: ", without DNS support or DNS hostnames"
    case .requesterLine: "a Requesters line"
    case .instanceAddress: "its private address"
    case .vpcRange: "the range of its VPC"
    case .classicRange: "the EC2-Classic range"
    case .ambiguous: "nothing: several networks have this address"
    case .unknown: "nothing: the address is unknown"
    case .foreign: "asks the resolver of another network"
    case .supportOffPublic: "DNS support off: public"
    case .supportIdlePublic: "DNS support idle, an attribute is off: public"
    case .attributeOffPublic: "lacks DNS support or DNS hostnames: public"
    case .peeringOffPublic: "without DNS resolution for the peer: public"
    case .otherVPCPublic: "is not where the asker is: public"
    case .otherNetworkPublic: "is in EC2-Classic, the asker is not: public"
    case .noPrivateAddress: "no private address stands behind it: public"
    case .addressOnly: "the name has an A record and no other"
    case .supportOnPrivate: "DNS support on: private"
    case .inClassicPrivate: "both are in EC2-Classic: private"
    case .ownVPCPrivate: "is where the asker is: private"
    case .peeringOnPrivate: "DNS resolution for the peer on: private"
    case .rangeHasAddress: "has this address in its range: private"
    case .madeFromName: "made from the name: private"
    case .hasResourceName: "has this resource name: private"
    case .hasNoSuchRecord: "has no record of this type"
    case .publiclyAccessible: "publicly accessible: its public hostname"
    case .notPubliclyAccessible: "not publicly accessible: private"
    case .onClassicPlatform: "on the EC2-Classic platform: its public hostname"
    case .onClassicPlatformPrivate: "on the EC2-Classic platform: private"
    case .clusterMember: "names one of its members"
    case .cacheNode: "cache node: private"
    case .cacheConfiguration: "names one of its nodes"
    case .internetFacing: "internet-facing: public"
    case .internalBalancer: "internal: private"
    case .addressNotKnown: "address not known"
    case .ruleForwards: "sends this domain to another server"
    case .zoneHasNoName: "has no such name"
    case .zoneHasNoType: "has the name, not this type"
    case .zoneNamesAnother: "names another name"
    case .zoneRenames: "renames what is below"
    case .zoneAlias: "has an alias"
    case .zoneDelegates: "delegates this name"
    case .privateZone: "private zone of the VPC"
    case .publicZone: "public zone"
    case .reverseOfPrivate: "the private hostname of the address"
    case .reverseOfPublic: "the public hostname of the address"
    case .reverseParent: "there are names below, no data here"
    case .localName: "the resolver has local names itself"
    case .supportOffSilence: "DNS support off: no answer"
    case .asksAnotherNetwork: "asks the resolver of another network"
    case .notForThisAsker: "the name does not exist for this asker"
    case .nobodyHasAddress: "nobody has this address"
    case .hiddenHostname: "this private hostname does not resolve for the asker"
    case .hiddenResourceName: "this resource name does not resolve for the asker"
    case .hiddenReverse: "no private hostname of this address resolves for the asker"
    case .otherRegionPublic: "is in EC2-Classic of another Region: public"
    case .peeringIdlePublic: "DNS resolution idle, a VPC lacks an attribute: public"
    case .pointerOnly: "the address has a PTR record and no other"
    case .anotherServers: "the name is another server's"
    }
  }
}
