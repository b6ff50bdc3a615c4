// zones/three-tier with a peer beside it, as the namespace tests serve it: files of their own, which a test may change.
import Foundation
import TestSupport

/// The worlds' askers at the addresses that they have in AWS, and the resolvers at theirs.
enum Place {
  static let classicResolver = "172.16.0.23"
  static let resolver = "10.0.0.2"
  static let neighbourResolver = "192.168.0.2"
  static let peerResolver = "172.31.0.2"
  static let linkLocal = "169.254.169.253"
  static let linkLocalIPv6 = "fd00:ec2::253"

  static let web = "10.112.0.9"
  static let batch = "10.112.0.77"
  /// In EC2-Classic, and in no file.
  static let someClassicHost = "10.99.7.7"
  static let application = "10.0.0.5"
  static let applicationIPv6 = "2001:db8:1a2b::5"
  /// In the VPC, and in no file.
  static let someHost = "10.0.0.200"
  static let neighbour = "192.168.0.9"
  static let peer = "172.31.0.5"
  static let internet = "198.51.100.7"
  static let internetIPv6 = "2001:db8:ffff::7"

  static let all = [
    classicResolver, resolver, neighbourResolver, peerResolver, linkLocal, web, batch, someClassicHost, application,
    someHost, neighbour, peer, internet,
  ]
  static let allIPv6 = [linkLocalIPv6, applicationIPv6, internetIPv6]
  static var addresses: [String] { all.map { $0 + "/32" } + allIPv6.map { $0 + "/128" } }
  static let resolvers = [classicResolver, resolver, neighbourResolver, peerResolver, linkLocal].map { $0 + ":53" }
}

/// Names of the world and the addresses that they have.
enum Named {
  static let application = "ec2-203-0-113-25.compute-1.amazonaws.com"
  static let web = "ec2-203-0-113-9.compute-1.amazonaws.com"
  static let peer = "ec2-203-0-113-205.compute-1.amazonaws.com"
  static let orders = "orders.c9akciq32abc.us-east-1.rds.amazonaws.com"
  static let ordersPrivate = "ip-10-0-0-110.ec2.internal"
  static let ledger = "ledger.c9akciq32abc.us-east-1.rds.amazonaws.com"
  static let sales = "sales.c9akciq32abc.us-east-1.redshift.amazonaws.com"
  static let sessions = "sessions.c9akci.0001.use1.cache.amazonaws.com"
  static let privateZone = "db.corp.internal"
  static let publicZone = "app.shop.example"
}

/// A sample world in a folder of the test's own.
final class ChangeableWorld {
  struct NotFound: Error { let text: String }

  private let folder: Folder
  var path: String { folder.path }

  /// The files of `zones/<name>`, and `more`.
  init(_ name: String, _ more: [WorldTextFile] = []) throws {
    let source = SampleWorldTests.zones + "/" + name
    let names = try FileManager.default.contentsOfDirectory(atPath: source)
    folder = try Folder(
      names.map { WorldTextFile(name: $0, text: try String(contentsOfFile: source + "/" + $0, encoding: .utf8)) } + more
    )
  }

  static func threeTier() throws -> ChangeableWorld {
    try ChangeableWorld("three-tier", [WorldTextFile(name: "peer.yaml", text: peer)])
  }

  /// Writes `new` where `old` first stands in world.yaml.
  func change(_ old: String, to new: String) throws {
    let file = path + "/world.yaml"
    var text = try String(contentsOfFile: file, encoding: .utf8)
    guard let range = text.firstRange(of: old) else { throw NotFound(text: old) }
    text.replaceSubrange(range, with: new)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }

  func setClassicLinkDNS(_ isOn: Bool) throws {
    try change("ClassicLinkDnsSupported: \(!isOn)", to: "ClassicLinkDnsSupported: \(isOn)")
  }

  /// A VPC that is peered, with the DNS option on both sides; and an IPv6 address of the application server.
  private static let peer = """
    Region: us-east-1
    Vpcs:
      - {VpcId: vpc-9a9a9a9a, CidrBlock: 172.31.0.0/16, EnableDnsHostnames: true}
    Instances:
      - {InstanceId: i-0eee0005, VpcId: vpc-9a9a9a9a, PrivateIpAddress: 172.31.0.5, PublicIpAddress: 203.0.113.205}
      - {InstanceId: i-0bbb0002, Ipv6Address: "2001:db8:1a2b::5"}
    VpcPeeringConnections:
      - VpcPeeringConnectionId: pcx-1a1a9a9a
        Status: {Code: active}
        RequesterVpcInfo: {VpcId: vpc-1a2b3c4d, PeeringOptions: {AllowDnsResolutionFromRemoteVpc: true}}
        AccepterVpcInfo: {VpcId: vpc-9a9a9a9a, PeeringOptions: {AllowDnsResolutionFromRemoteVpc: true}}
    """
}
