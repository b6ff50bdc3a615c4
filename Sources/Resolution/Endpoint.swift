// A service's endpoint name and what it points to, as the rule files of the services say.
import Cloud
import DNSWire

struct Endpoint {
  enum Content {
    /// A CNAME; of several, one is answered in turn.
    case canonicalNames([Name])
    case addresses([IPv4Address], [IPv6Address])
    /// Nobody told us the address (decision 22).
    case unknown
  }
  var name: Name
  var content: Content
  var ttl: UInt32
  var rule: Rule
  var vpcID: ID<VPC>?
  /// The id of the resource.
  var resource: String
  /// Reached by a public address.
  var isPublic: Bool
}

extension Endpoint.Content {
  /// A name that leads to an address with a public hostname, so that each asker sees its own side of it (R6).
  static func publicHostname(_ address: IPv4Address, _ region: Region) -> Self {
    .canonicalNames([RegionSuffixes(region).publicHostname(address)])
  }
}
