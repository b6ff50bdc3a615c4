// Fixed texts of answers: they stand in the tables, so that writing one is a copy.

/// The version that `--version` and `version.bind.` tell.
public let productVersion = "0.1.0"

enum Phrase: UInt8, CaseIterable {
  case elsewhere
  case foreignResolver
  case chainLeaves
  case chainTooLong
  case unknownAddress
  case answerTooLarge
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

  var index: Int { @_noLocks get { Int(rawValue) } }

  var text: String {
    switch self {
    case .elsewhere: "this name needs another server, and no upstream is set"
    case .foreignResolver: "the resolver of another network cannot be queried"
    case .chainLeaves: "the chain leaves what this server knows, and no upstream is set"
    case .chainTooLong: "the chain is a circle or has too many hops"
    case .unknownAddress: "the world does not tell the address of this resource"
    case .answerTooLarge: "the answer does not fit into 65,535 octets"
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
    }
  }
}
