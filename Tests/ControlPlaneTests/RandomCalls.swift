// Calls by chance: patterns whose gaps are filled with ids and names of the world at hand, so that many are accepted.
import Cloud
import DNSWire
import TestSupport

@testable import ControlPlane

/// A call of one of the services, as its form's fields.
struct RandomCall {
  var service: String
  var action: String
  var fields: [(name: String, value: String)]

  func perform(_ call: inout Call) throws(AWSError) {
    let parameters = try Parameters(fields)
    switch service {
    case "route53": _ = try RESTService.route53.perform(action, parameters, &call)
    case "resolver": _ = try JSONService.resolver.perform(action, parameters, &call)
    default: _ = try Self.services[service]?.perform(action, parameters, &call)
    }
  }

  private static let services: [String: QueryService] = [
    "ec2": .ec2, "rds": .rds, "redshift": .redshift, "elasticache": .elastiCache, "elb": .elb, "elbv2": .elbV2,
    "autoscaling": .autoScaling,
  ]
}

extension RandomCall {
  init(_ numbers: inout SeededNumbers, _ world: World) {
    // Zones say little until several calls have met in one.
    let patterns = Int.random(in: 0..<4, using: &numbers) == 0 ? Self.ofZones : Self.patterns
    let words = patterns[Int.random(in: 0..<patterns.count, using: &numbers)].split(separator: " ")
    service = String(words[0])
    action = String(words[1])
    fields = []
    for word in words.dropFirst(2) {
      if word.hasPrefix("?"), Bool.random(using: &numbers) { continue }
      let field = Self.fill(String(word.drop { $0 == "?" }), &numbers, world)
      let sides = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      // Now and then a value is empty, which a call may take for a text and a reader for nothing.
      fields.append((sides[0], Int.random(in: 0..<80, using: &numbers) == 0 ? "" : sides[1]))
    }
  }

  /// `{vpc}` becomes the id of a VPC, `{1|2}` one of the words.
  private static func fill(_ pattern: String, _ numbers: inout SeededNumbers, _ world: World) -> String {
    var text = ""
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
      text += rest[..<open]
      let gap = String(rest[rest.index(after: open)..<close])
      let choices =
        gap.contains("|")
        ? gap.split(separator: "|", omittingEmptySubsequences: false).map(String.init) : ids(gap, world)
      text += choices.isEmpty ? "none" : choices[Int.random(in: 0..<choices.count, using: &numbers)]
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }

  private static func ids(_ kind: String, _ world: World) -> [String] {
    let ids: [String]
    switch kind {
    case "vpc": ids = world.vpcs.keys.map(\.rawValue)
    case "subnet": ids = world.subnets.keys.map(\.rawValue)
    case "sg": ids = world.securityGroups.keys.map(\.rawValue)
    case "rtb": ids = world.routeTables.keys.map(\.rawValue)
    case "i": ids = world.instances.values.map(\.id.rawValue)
    case "classic": ids = world.instances.values.filter(\.isClassic).map(\.id.rawValue)
    case "eni": ids = world.networkInterfaces.keys.map(\.rawValue)
    case "dopt": ids = world.dhcpOptions.keys.map(\.rawValue)
    case "pcx": ids = world.peerings.keys.map(\.rawValue)
    case "eip": ids = world.elasticIPs.keys.map(\.description)
    case "alloc": ids = world.elasticIPs.values.compactMap(\.allocationID)
    case "lb": ids = world.loadBalancers.values.map(\.id.rawValue)
    case "zone": ids = world.hostedZones.keys.map(\.rawValue)
    case "rule": ids = world.resolverRules.keys.map(\.rawValue)
    case "igw": ids = world.storedResources.keys.filter { $0.kind == .internetGateway }.map(\.id)
    case "tg": ids = world.storedResources.keys.filter { $0.kind == .targetGroup }.map(\.id)
    default: ids = []
    }
    return ids.sorted()
  }

  private static let ofZones = patterns.filter { $0.hasPrefix("route53") }

  private static let patterns = """
    ec2 CreateVpc CidrBlock={10.0.0.0/16|10.1.0.0/16|172.16.0.0/16|172.16.0.1/16}
    ec2 CreateVpc CidrBlock=10.0.0.0/16 ?AmazonProvidedIpv6CidrBlock=true
    ec2 CreateSubnet VpcId={vpc} CidrBlock=10.0.{0|1|2|3}.0/24 ?AvailabilityZone=us-east-1{a|b}
    ec2 CreateSubnet VpcId={vpc} CidrBlock=10.0.{0|1|2|3}.0/24 ?AvailabilityZone=us-east-1{a|b}
    ec2 DeleteSubnet SubnetId={subnet}
    ec2 DeleteVpc VpcId={vpc}
    ec2 ModifySubnetAttribute SubnetId={subnet} MapPublicIpOnLaunch.Value=true
    ec2 ModifyVpcAttribute VpcId={vpc} EnableDnsHostnames.Value={true|false}
    ec2 AssociateVpcCidrBlock VpcId={vpc} CidrBlock={10.5.0.0/16|100.64.0.0/16|192.168.0.0/20|10.1.0.0/16}
    ec2 EnableVpcClassicLink VpcId={vpc}
    ec2 EnableVpcClassicLink VpcId={vpc}
    ec2 DisableVpcClassicLink VpcId={vpc}
    ec2 EnableVpcClassicLinkDnsSupport VpcId={vpc}
    ec2 RunInstances ImageId=ami-1 MinCount=1 MaxCount={1|2} ?ClientToken={a|b}
    ec2 RunInstances ImageId=ami-1 MinCount=1 MaxCount={1|2} SubnetId={subnet}
    ec2 StopInstances InstanceId.1={i}
    ec2 StartInstances InstanceId.1={i}
    ec2 TerminateInstances InstanceId.1={i}
    ec2 ModifyInstanceAttribute InstanceId={i} GroupId.1={sg} ?GroupId.2={sg}
    ec2 ModifyInstanceAttribute InstanceId={i} UserData.Value={eA==|}
    ec2 ModifyPrivateDnsNameOptions InstanceId={i} EnableResourceNameDnsARecord={true|false}
    ec2 AttachClassicLinkVpc InstanceId={classic} VpcId={vpc} SecurityGroupId.1={sg} ?SecurityGroupId.2={sg}
    ec2 AttachClassicLinkVpc InstanceId={classic} VpcId={vpc} SecurityGroupId.1={sg} ?SecurityGroupId.2={sg}
    ec2 DetachClassicLinkVpc InstanceId={classic} VpcId={vpc}
    ec2 CreateSecurityGroup GroupName=g{1|2|3} GroupDescription=d ?VpcId={vpc}
    ec2 DeleteSecurityGroup GroupId={sg}
    ec2 AuthorizeSecurityGroupIngress GroupId={sg} IpPermissions.1.IpProtocol=tcp IpPermissions.1.FromPort={1|2} \
    IpPermissions.1.ToPort=9 ?IpPermissions.1.Groups.1.GroupId={sg} ?IpPermissions.1.Groups.2.GroupId={sg} \
    ?IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8 ?IpPermissions.1.IpRanges.2.CidrIp=9.0.0.0/8
    ec2 RevokeSecurityGroupIngress GroupId={sg} IpPermissions.1.IpProtocol=tcp IpPermissions.1.FromPort={1|2} \
    IpPermissions.1.ToPort=9 ?IpPermissions.1.Groups.1.GroupId={sg} ?IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8
    ec2 AllocateAddress Domain={vpc|standard}
    ec2 AllocateAddress Domain=vpc ?Address=203.0.113.{1|2|3}
    ec2 AssociateAddress AllocationId={alloc} InstanceId={i} ?AllowReassociation=true
    ec2 AssociateAddress AllocationId={alloc} NetworkInterfaceId={eni} ?AllowReassociation=true
    ec2 AssociateAddress PublicIp={eip} InstanceId={classic}
    ec2 DisassociateAddress PublicIp={eip}
    ec2 ReleaseAddress {PublicIp|AllocationId}={eip}
    ec2 CreateRouteTable VpcId={vpc} ?ClientToken={a|}
    ec2 DeleteRouteTable RouteTableId={rtb}
    ec2 AssociateRouteTable RouteTableId={rtb} SubnetId={subnet}
    ec2 CreateRoute RouteTableId={rtb} DestinationCidrBlock={0.0.0.0/0|10.9.0.0/16|172.20.0.1/16} \
    ?NatGatewayId={nat-1|} ?GatewayId={igw}
    ec2 CreateRoute RouteTableId={rtb} DestinationCidrBlock={9.0.0.0/8|8.0.0.0/8} \
    {GatewayId|NatGatewayId|TransitGatewayId|VpcEndpointId|VpcPeeringConnectionId|InstanceId}=\
    {vgw-1|nat-1|tgw-1|vpce-1|local|pcx-1}
    ec2 CreateRoute RouteTableId={rtb} DestinationCidrBlock={7.0.0.0/8|6.0.0.0/8} VpcPeeringConnectionId={pcx}
    ec2 DeleteRoute RouteTableId={rtb} DestinationCidrBlock={0.0.0.0/0|10.9.0.0/16|9.0.0.0/8}
    ec2 CreateInternetGateway
    ec2 AttachInternetGateway VpcId={vpc} InternetGatewayId={igw}
    ec2 CreateDhcpOptions DhcpConfiguration.1.Key=domain-name DhcpConfiguration.1.Value.1={é|é} \
    ?DhcpConfiguration.2.Key=ntp-servers ?DhcpConfiguration.2.Value.1=10.0.0.9
    ec2 AssociateDhcpOptions VpcId={vpc} DhcpOptionsId={dopt}
    ec2 DeleteDhcpOptions DhcpOptionsId={dopt}
    ec2 CreateVpcPeeringConnection VpcId={vpc} PeerVpcId={vpc}
    ec2 AcceptVpcPeeringConnection VpcPeeringConnectionId={pcx}
    ec2 DeleteVpcPeeringConnection VpcPeeringConnectionId={pcx}
    ec2 ModifyVpcPeeringConnectionOptions VpcPeeringConnectionId={pcx} \
    AccepterPeeringConnectionOptions.AllowEgressFromLocalVpcToRemoteClassicLink={true|false}
    ec2 CreateTags ResourceId.1={vpc} ?ResourceId.2={i} Tag.1.Key={é|é|a} Tag.1.Value={é|é|<&"|} ?Tag.2.Key=Z \
    ?Tag.2.Value=z
    ec2 DeleteTags ResourceId.1={vpc} Tag.1.Key={é|é|a}
    rds CreateDBSubnetGroup DBSubnetGroupName=g{1|2} DBSubnetGroupDescription=d SubnetIds.1={subnet} SubnetIds.2={subnet}
    rds DeleteDBSubnetGroup DBSubnetGroupName=g{1|2}
    rds CreateDBInstance DBInstanceIdentifier=d{1|2} Engine=mysql DBInstanceClass=db.m1.small MasterUsername=u \
    MasterUserPassword=password1 AllocatedStorage=5 MultiAZ={true|false} ?DBSubnetGroupName=g{1|2} \
    ?PubliclyAccessible={true|false}
    rds CreateDBInstance DBInstanceIdentifier={z1|a1|m1} Engine=aurora DBInstanceClass=db.r3.large \
    DBClusterIdentifier=c{1|2}
    rds ModifyDBInstance DBInstanceIdentifier=d{1|2} ?PubliclyAccessible={true|false} ?MultiAZ={true|false} \
    ?VpcSecurityGroupIds.1={sg}
    rds RebootDBInstance DBInstanceIdentifier=d{1|2} ForceFailover=true
    rds DeleteDBInstance DBInstanceIdentifier={d1|d2|z1|a1|m1} SkipFinalSnapshot=true
    rds CreateDBCluster DBClusterIdentifier=c{1|2} Engine=aurora MasterUsername=u MasterUserPassword=password1 \
    DBSubnetGroupName=g{1|2}
    rds FailoverDBCluster DBClusterIdentifier=c{1|2}
    rds DeleteDBCluster DBClusterIdentifier=c{1|2} SkipFinalSnapshot=true
    redshift CreateClusterSubnetGroup ClusterSubnetGroupName=g{1|2} Description=d SubnetIds.1={subnet}
    redshift CreateCluster ClusterIdentifier=r{1|2} NodeType=dc1.large MasterUsername=u MasterUserPassword=Password1 \
    ?ClusterSubnetGroupName=g{1|2} ?PubliclyAccessible=true ?ElasticIp={eip}
    redshift ModifyCluster ClusterIdentifier=r{1|2} ?PubliclyAccessible={true|false} ?ElasticIp={eip}
    redshift DeleteCluster ClusterIdentifier=r{1|2} SkipFinalClusterSnapshot=true
    elasticache CreateCacheSubnetGroup CacheSubnetGroupName=g{1|2} CacheSubnetGroupDescription=d SubnetIds.1={subnet}
    elasticache CreateCacheCluster CacheClusterId=k{1|2} Engine={memcached|redis} CacheNodeType=cache.m1.small \
    NumCacheNodes={1|2} ?CacheSubnetGroupName=g{1|2}
    elasticache ModifyCacheCluster CacheClusterId=k{1|2} NumCacheNodes={1|2|3} ?CacheNodeIdsToRemove.1=0001
    elasticache DeleteCacheCluster CacheClusterId=k{1|2}
    elasticache CreateCacheSecurityGroup CacheSecurityGroupName=s{1|2} Description=d
    elasticache AuthorizeCacheSecurityGroupIngress CacheSecurityGroupName={default|s1} EC2SecurityGroupName=g{1|2} \
    EC2SecurityGroupOwnerId={123456789012|222222222222}
    elb CreateLoadBalancer LoadBalancerName=b{1|2} Listeners.1.Protocol=HTTP Listeners.1.LoadBalancerPort=80 \
    Listeners.1.InstancePort=80 Subnets.1={subnet}
    elb CreateLoadBalancer LoadBalancerName=b{1|2} Listeners.1.Protocol=HTTP Listeners.1.LoadBalancerPort=80 \
    Listeners.1.InstancePort=80 AvailabilityZones.1=us-east-1a
    elb RegisterInstancesWithLoadBalancer LoadBalancerName=b{1|2} Instances.1.InstanceId={i} ?Instances.2.InstanceId={i}
    elb RegisterInstancesWithLoadBalancer LoadBalancerName=b{1|2} Instances.1.InstanceId={i} ?Instances.2.InstanceId={i}
    elb DeregisterInstancesFromLoadBalancer LoadBalancerName=b{1|2} Instances.1.InstanceId={i}
    elb DeleteLoadBalancer LoadBalancerName=b{1|2}
    elb AddTags LoadBalancerNames.1=b{1|2} Tags.1.Key={b|a|é} Tags.1.Value=v
    elbv2 CreateLoadBalancer Name=n{1|2} Type=network SubnetMappings.1.SubnetId={subnet} \
    ?SubnetMappings.1.AllocationId={alloc} ?SubnetMappings.2.SubnetId={subnet}
    elbv2 CreateLoadBalancer Name=n{1|2} Subnets.1={subnet} Subnets.2={subnet} ?Scheme=internal
    elbv2 DeleteLoadBalancer LoadBalancerArn={lb}
    elbv2 CreateTargetGroup Name=t{1|2} Protocol=TCP Port=80 VpcId={vpc}
    elbv2 RegisterTargets TargetGroupArn={tg} Targets.1.Id={i} ?Targets.2.Id={i}
    elbv2 CreateListener LoadBalancerArn={lb} Protocol=TCP Port={80|81} DefaultActions.1.Type=forward \
    DefaultActions.1.TargetGroupArn={tg}
    autoscaling CreateLaunchConfiguration LaunchConfigurationName={lé|lé|l} ImageId=ami-1 InstanceType=m1.small \
    ?UserData=eA== ?EbsOptimized=true
    autoscaling CreateLaunchConfiguration LaunchConfigurationName={lé|lé|l} ImageId=ami-1 InstanceType=m1.small \
    ClassicLinkVPCId={vpc} ClassicLinkVPCSecurityGroups.1={sg} ClassicLinkVPCSecurityGroups.2={sg}
    autoscaling DeleteLaunchConfiguration LaunchConfigurationName={lé|lé|l}
    autoscaling CreateAutoScalingGroup AutoScalingGroupName={gé|gé} LaunchConfigurationName={lé|lé|l} MinSize=0 \
    MaxSize=4 DesiredCapacity={0|1|2} AvailabilityZones.1=us-east-1a ?LoadBalancerNames.1=b{1|2}
    autoscaling SetDesiredCapacity AutoScalingGroupName={gé|gé} DesiredCapacity={0|1|2|3}
    autoscaling DeleteAutoScalingGroup AutoScalingGroupName={gé|gé} ForceDelete=true
    route53 CreateHostedZone Name={ex.org|a.ex.org} CallerReference={1|2|3|4|5|6|7|8|9} ?VPC.VPCId={vpc} \
    ?VPC.VPCRegion=us-east-1
    route53 ChangeResourceRecordSets Id={zone} ChangeBatch.Changes.1.Action={CREATE|UPSERT|DELETE} \
    ChangeBatch.Changes.1.ResourceRecordSet.Name={a|*|b.a}.{ex.org|a.ex.org} \
    ChangeBatch.Changes.1.ResourceRecordSet.Type=A ChangeBatch.Changes.1.ResourceRecordSet.TTL=60 \
    ChangeBatch.Changes.1.ResourceRecordSet.ResourceRecords.1.Value=10.0.0.{2|1} \
    ?ChangeBatch.Changes.1.ResourceRecordSet.ResourceRecords.2.Value=10.0.0.0
    route53 ChangeResourceRecordSets Id={zone} ChangeBatch.Changes.1.Action={CREATE|UPSERT|DELETE} \
    ChangeBatch.Changes.1.ResourceRecordSet.Name=g.{ex.org|a.ex.org} \
    ChangeBatch.Changes.1.ResourceRecordSet.Type=A ChangeBatch.Changes.1.ResourceRecordSet.TTL=60 \
    ChangeBatch.Changes.1.ResourceRecordSet.SetIdentifier={b|a|c} \
    ?ChangeBatch.Changes.1.ResourceRecordSet.GeoLocation.CountryCode={NA|US|*} \
    ?ChangeBatch.Changes.1.ResourceRecordSet.GeoLocation.ContinentCode={NA|EU} \
    ?ChangeBatch.Changes.1.ResourceRecordSet.GeoLocation.SubdivisionCode=TX \
    ChangeBatch.Changes.1.ResourceRecordSet.ResourceRecords.1.Value=10.0.0.1
    route53 ChangeResourceRecordSets Id={zone} \
    ChangeBatch.Changes.1.Action=UPSERT ChangeBatch.Changes.1.ResourceRecordSet.Name=r.{ex.org|a.ex.org} \
    ChangeBatch.Changes.1.ResourceRecordSet.Type=A ChangeBatch.Changes.1.ResourceRecordSet.TTL=60 \
    ChangeBatch.Changes.1.ResourceRecordSet.SetIdentifier={b|a|c} \
    ChangeBatch.Changes.1.ResourceRecordSet.Region={us-east-1|eu-west-1|} \
    ChangeBatch.Changes.1.ResourceRecordSet.ResourceRecords.1.Value=10.0.0.1
    route53 ChangeResourceRecordSets Id={zone} ChangeBatch.Changes.1.Action={CREATE|UPSERT} \
    ChangeBatch.Changes.1.ResourceRecordSet.Name=w.a.ex.org ChangeBatch.Changes.1.ResourceRecordSet.Type=A \
    ChangeBatch.Changes.1.ResourceRecordSet.TTL=60 ChangeBatch.Changes.1.ResourceRecordSet.SetIdentifier={d|b|} \
    ChangeBatch.Changes.1.ResourceRecordSet.Weight=1 \
    ChangeBatch.Changes.1.ResourceRecordSet.ResourceRecords.1.Value=10.0.0.1 \
    ChangeBatch.Changes.2.Action={CREATE|UPSERT} \
    ChangeBatch.Changes.2.ResourceRecordSet.Name=w.a.ex.org ChangeBatch.Changes.2.ResourceRecordSet.Type=A \
    ChangeBatch.Changes.2.ResourceRecordSet.TTL=60 ChangeBatch.Changes.2.ResourceRecordSet.SetIdentifier={c|a} \
    ChangeBatch.Changes.2.ResourceRecordSet.Weight=1 \
    ChangeBatch.Changes.2.ResourceRecordSet.ResourceRecords.1.Value=10.0.0.2
    route53 AssociateVPCWithHostedZone Id={zone} VPC.VPCId={vpc} VPC.VPCRegion=us-east-1
    route53 DisassociateVPCFromHostedZone Id={zone} VPC.VPCId={vpc} VPC.VPCRegion=us-east-1
    route53 CreateVPCAssociationAuthorization Id={zone} VPC.VPCId={vpc} VPC.VPCRegion=us-east-1
    route53 DeleteHostedZone Id={zone}
    resolver CreateResolverRule CreatorRequestId={1|2|3|4|5} RuleType=SYSTEM DomainName={ex.org|.}
    resolver AssociateResolverRule ResolverRuleId={rule} VPCId={vpc}
    resolver DeleteResolverRule ResolverRuleId={rule}
    resolver UpdateResolverConfig ResourceId={vpc} AutodefinedReverseFlag={ENABLE|DISABLE}
    resolver CreateResolverQueryLogConfig CreatorRequestId={1|2|3} Name=q DestinationArn=arn:aws:s3:::bucket
    resolver CreateResolverEndpoint CreatorRequestId={1|2|3} SecurityGroupIds.1={sg} ?SecurityGroupIds.2={sg} \
    Direction={INBOUND|OUTBOUND} IpAddresses.1.SubnetId={subnet} IpAddresses.2.SubnetId={subnet}
    """.split(separator: "\n")
}
