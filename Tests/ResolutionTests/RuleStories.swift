// Each rule by name: a question that it decides, and what would be said without it.
import Resolution
import TestSupport
import Testing

@Suite("Every rule counts")
struct RuleStories {
  /// A question whose answer is `words` with the rule and something else without it.
  struct Story: Sendable {
    var name: String
    var type = "A"
    var source: String
    /// A VPC's own listener, or `classic`.
    var listener: String?
    var words: String
  }

  static let linked = "10.112.0.9"
  static let unlinked = "10.113.0.9"
  static let host = "10.0.0.9"
  static let peer = "172.20.0.9"
  static let internet = "192.0.2.1"
  static let suffix = "compute-1.amazonaws.com"

  static func story(_ rule: Rule) -> Story {
    let inVPC = "ec2-203-0-113-25.\(suffix)"
    let classic = "ec2-203-0-113-9.\(suffix)"
    switch rule {
    case .dnsSupport: return Story(name: "localhost", source: "172.30.0.9", words: "silence")
    case .foreignResolver:
      return Story(name: "localhost", source: linked, listener: "vpc-00000001", words: "REFUSED; EDE 18")
    case .classicResolver:
      // Nobody knows 10.200.0.1, but on 172.16.0.23 it is a Classic host, and Classic hosts see private addresses.
      return Story(
        name: classic, source: "10.200.0.1", listener: "classic", words: "NOERROR: \(classic) 20 A 10.112.0.9")
    case .publicHostname: return Story(name: inVPC, source: internet, words: "NOERROR: \(inVPC) 60 A 203.0.113.25")
    case .ec2Classic: return Story(name: classic, source: unlinked, words: "NOERROR: \(classic) 20 A 10.112.0.9")
    case .classicLinkDNS: return Story(name: inVPC, source: linked, words: "NOERROR: \(inVPC) 20 A 10.0.0.5")
    case .sameVPC: return Story(name: inVPC, source: host, words: "NOERROR: \(inVPC) 20 A 10.0.0.5")
    case .peeringDNS: return Story(name: inVPC, source: peer, words: "NOERROR: \(inVPC) 20 A 10.0.0.5")
    case .privateHostname:
      return Story(
        name: "ip-10-0-0-5.ec2.internal", source: host, words: "NOERROR: ip-10-0-0-5.ec2.internal 60 A 10.0.0.5")
    case .resourceName:
      return Story(
        name: "i-00000001.ec2.internal", source: host, words: "NOERROR: i-00000001.ec2.internal 60 A 10.0.0.5")
    case .databaseEndpoint: return endpoint("d.rds", "5 A 10.0.0.31")
    case .databaseCluster:
      return endpoint("c.rds", "5 CNAME d.rds.amazonaws.com, d.rds.amazonaws.com 5 A 10.0.0.31")
    case .redshiftEndpoint: return endpoint("r.redshift", "60 A 10.0.0.32")
    case .cacheEndpoint: return endpoint("k.cache", "60 A 10.0.0.33")
    case .loadBalancerName: return endpoint("l.elb", "60 A 10.0.0.34")
    case .resolverRule: return Story(name: "www.onprem.test", source: host, words: "REFUSED; EDE 20")
    case .privateHostedZone:
      return Story(name: "www.corp.example", source: host, words: "NOERROR: www.corp.example 300 A 10.0.0.7")
    case .publicHostedZone:
      return Story(name: "www.corp.example", source: internet, words: "NOERROR: www.corp.example 300 A 203.0.113.7")
    case .privateReverse:
      return Story(
        name: "5.0.0.10.in-addr.arpa", type: "PTR", source: host,
        words: "NOERROR: 5.0.0.10.in-addr.arpa 60 PTR ip-10-0-0-5.ec2.internal")
    case .publicReverse:
      return Story(
        name: "25.113.0.203.in-addr.arpa", type: "PTR", source: internet,
        words: "NOERROR: 25.113.0.203.in-addr.arpa 60 PTR \(inVPC)")
    case .autodefinedDomain:
      return Story(name: "nobody.ec2.internal", source: internet, words: "NXDOMAIN; by ec2.internal 60")
    case .localName: return Story(name: "localhost", source: internet, words: "NOERROR: localhost 3600 A 127.0.0.1")
    case .publicDNS: return Story(name: "www.elsewhere.test", source: internet, words: "REFUSED; EDE 20")
    }
  }

  private static func endpoint(_ label: String, _ words: String) -> Story {
    Story(name: label + ".amazonaws.com", source: internet, words: "NOERROR: \(label).amazonaws.com \(words)")
  }

  static func stage(without rule: Rule? = nil) throws -> Stage {
    try Stage(
      """
      Region: us-east-1
      Vpcs:
        - VpcId: vpc-00000001
          CidrBlock: 10.0.0.0/16
          EnableDnsHostnames: true
          ClassicLinkEnabled: true
          ClassicLinkDnsSupported: true
        - {VpcId: vpc-00000002, CidrBlock: 172.20.0.0/16, EnableDnsHostnames: true}
        - {VpcId: vpc-00000003, CidrBlock: 172.30.0.0/16, EnableDnsSupport: false}
      VpcPeeringConnections:
        - VpcPeeringConnectionId: pcx-00000001
          RequesterVpcInfo: {VpcId: vpc-00000002}
          AccepterVpcInfo: {VpcId: vpc-00000001, PeeringOptions: {AllowDnsResolutionFromRemoteVpc: true}}
      SecurityGroups:
        - {GroupId: sg-00000001, GroupName: web, VpcId: vpc-00000001}
      Instances:
        - InstanceId: i-00000001
          VpcId: vpc-00000001
          PrivateIpAddress: 10.0.0.5
          PublicIpAddress: 203.0.113.25
          PrivateDnsNameOptions: {EnableResourceNameDnsARecord: true}
        - {InstanceId: i-00000002, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
        - {InstanceId: i-00000003, PrivateIpAddress: 10.113.0.9}
      ClassicLinkInstances:
        - {InstanceId: i-00000002, VpcId: vpc-00000001, Groups: [{GroupId: sg-00000001}]}
      DBInstances:
        - DBInstanceIdentifier: d
          Endpoint: {Address: d.rds.amazonaws.com}
          DBSubnetGroup: {VpcId: vpc-00000001}
          PrivateIpAddress: 10.0.0.31
      DBClusters:
        - DBClusterIdentifier: c
          Endpoint: c.rds.amazonaws.com
          DBClusterMembers: [{DBInstanceIdentifier: d, IsClusterWriter: true}]
      Clusters:
        - ClusterIdentifier: r
          Endpoint: {Address: r.redshift.amazonaws.com}
          VpcId: vpc-00000001
          ClusterNodes: [{NodeRole: LEADER, PrivateIPAddress: 10.0.0.32}]
      CacheClusters:
        - CacheClusterId: k
          VpcId: vpc-00000001
          CacheNodes: [{Endpoint: {Address: k.cache.amazonaws.com}, PrivateIpAddress: 10.0.0.33}]
      LoadBalancerDescriptions:
        - LoadBalancerName: l
          DNSName: l.elb.amazonaws.com
          Scheme: internal
          VPCId: vpc-00000001
          LoadBalancerAddresses: [{PrivateIPv4Address: 10.0.0.34}]
      HostedZones:
        - Id: Z1
          Name: corp.example.
          VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]
          ResourceRecordSets:
            - {Name: www.corp.example., Type: A, TTL: 300, ResourceRecords: [{Value: 10.0.0.7}]}
        - Id: Z2
          Name: corp.example.
          ResourceRecordSets:
            - {Name: www.corp.example., Type: A, TTL: 300, ResourceRecords: [{Value: 203.0.113.7}]}
        - Id: Z3
          Name: onprem.test.
          ResourceRecordSets:
            - {Name: www.onprem.test., Type: A, TTL: 300, ResourceRecords: [{Value: 203.0.113.8}]}
      ResolverRules:
        - Id: rslvr-rr-1
          DomainName: onprem.test.
          RuleType: FORWARD
          TargetIps: [{Ip: 192.0.2.53}]
          VpcIds: [vpc-00000001]
      """, switchedOff: rule.map { [$0] } ?? [])
  }

  static func words(_ story: Story, _ stage: Stage) throws -> String {
    let network: Network =
      switch story.listener {
      case nil: .any
      case "classic"?: .classic
      case let vpc?: try stage.network(vpc)
      }
    return try stage.ask(story.name, story.type, from: story.source, on: network)
  }

  @Test("The rule decides its story, and without it the story is another one", arguments: Rule.allCases)
  func ruleCounts(rule: Rule) throws {
    let story = Self.story(rule)
    #expect(try Self.words(story, Self.stage()) == story.words)
    #expect(try Self.words(story, Self.stage(without: rule)) != story.words)
  }
}
