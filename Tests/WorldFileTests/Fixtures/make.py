#!/usr/bin/env python3
"""Writes aws/*.json: what `aws … --output json` prints for one small cloud.

Every response is checked against botocore's own output shape (botocore.stub.Stubber refuses an unknown member or a
wrong type), then printed as the command line prints it. Needs botocore 1.43: `python3 make.py`.
"""
import datetime
import json
import pathlib

import botocore.session
from botocore.stub import Stubber

HERE = pathlib.Path(__file__).parent / "aws"
REGION = "us-east-1"
ACCOUNT = "123456789012"
THEN = datetime.datetime(2016, 1, 11, 10, 0, 0, tzinfo=datetime.timezone.utc)
WEB, APP, GONE = "i-0aaa0000000000001", "i-0bbb0000000000002", "i-0ccc0000000000003"
VPC, PEER = "vpc-1a2b3c4d", "vpc-5e6f7a8b"
ZONE = "/hostedzone/Z1PRIVATE"


def name(*pairs):
    return [{"Key": key, "Value": value} for key, value in pairs]


def vpc(id, cidr, options, **more):
    return {
        "CidrBlock": cidr, "DhcpOptionsId": options, "State": "available", "VpcId": id, "OwnerId": ACCOUNT,
        "InstanceTenancy": "default", "IsDefault": False,
        "CidrBlockAssociationSet": [
            {"AssociationId": "vpc-cidr-assoc-1", "CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}],
        **more,
    }


def interface(id, address, public=None, instance=None, description="", subnet="subnet-0a0a0a0a", v6=()):
    association = {"IpOwnerId": ACCOUNT, "PublicDnsName": "", "PublicIp": public} if public else None
    entry = {"Primary": True, "PrivateIpAddress": address, "PrivateDnsName": "ip-" + address.replace(".", "-")}
    result = {
        "AvailabilityZone": "us-east-1a", "Description": description,
        "Groups": [{"GroupName": "app", "GroupId": "sg-3c3c3c3c"}], "InterfaceType": "interface",
        "Ipv6Addresses": [{"Ipv6Address": one} for one in v6], "MacAddress": "02:00:00:00:00:01",
        "NetworkInterfaceId": id, "OwnerId": ACCOUNT, "PrivateIpAddress": address, "PrivateIpAddresses": [entry],
        "RequesterManaged": instance is None, "SourceDestCheck": True, "Status": "in-use", "SubnetId": subnet,
        "TagSet": [], "VpcId": VPC,
    }
    if association:
        result["Association"] = association
        entry["Association"] = association
    if instance:
        result["Attachment"] = {
            "AttachTime": THEN, "AttachmentId": "eni-attach-1", "DeleteOnTermination": True, "DeviceIndex": 0,
            "InstanceId": instance, "InstanceOwnerId": ACCOUNT, "Status": "attached"}
    return result


def shown_by_instance(interface):
    kept = {key: value for key, value in interface.items()
            if key not in ("AvailabilityZone", "RequesterManaged", "TagSet")}
    kept["Attachment"] = {key: value for key, value in kept["Attachment"].items()
                          if key not in ("InstanceId", "InstanceOwnerId")}
    return kept


APP_INTERFACE = interface("eni-0e0e0e0e", "10.0.0.5", "203.0.113.25", APP, v6=["2001:db8:0:1::5"])

RESPONSES = [
    ("ec2", "describe_account_attributes", {}, {"AccountAttributes": [
        {"AttributeName": "supported-platforms",
         "AttributeValues": [{"AttributeValue": "EC2"}, {"AttributeValue": "VPC"}]},
        {"AttributeName": "max-instances", "AttributeValues": [{"AttributeValue": "20"}]}]}),
    ("ec2", "describe_dhcp_options", {}, {"DhcpOptions": [
        {"DhcpConfigurations": [
            {"Key": "domain-name", "Values": [{"Value": "ec2.internal"}]},
            {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}],
         "DhcpOptionsId": "dopt-7a8b9c2d", "OwnerId": ACCOUNT}]}),
    ("ec2", "describe_vpcs", {}, {"Vpcs": [
        vpc(VPC, "10.0.0.0/16", "dopt-7a8b9c2d", Tags=name(("Name", "app")), Ipv6CidrBlockAssociationSet=[
            {"AssociationId": "vpc-cidr-assoc-2", "Ipv6CidrBlock": "2001:db8::/56", "Ipv6Pool": "Amazon",
             "Ipv6CidrBlockState": {"State": "associated"}, "NetworkBorderGroup": "us-east-1"}]),
        vpc(PEER, "172.31.0.0/16", "default", IsDefault=True)]}),
    ("ec2", "describe_vpc_classic_link", {}, {"Vpcs": [
        {"ClassicLinkEnabled": True, "VpcId": VPC, "Tags": name(("Name", "app"))},
        {"ClassicLinkEnabled": False, "VpcId": PEER, "Tags": []}]}),
    ("ec2", "describe_vpc_classic_link_dns_support", {"VpcIds": [VPC, PEER]}, {"Vpcs": [
        {"VpcId": VPC, "ClassicLinkDnsSupported": True}, {"VpcId": PEER, "ClassicLinkDnsSupported": False}]}),
    ("ec2", "describe_vpc_attribute", {"VpcId": VPC, "Attribute": "enableDnsSupport"},
     {"VpcId": VPC, "EnableDnsSupport": {"Value": True}}),
    ("ec2", "describe_vpc_attribute", {"VpcId": VPC, "Attribute": "enableDnsHostnames"},
     {"VpcId": VPC, "EnableDnsHostnames": {"Value": True}}),
    ("ec2", "describe_subnets", {}, {"Subnets": [
        {"AssignIpv6AddressOnCreation": False, "AvailabilityZone": "us-east-1a", "AvailableIpAddressCount": 250,
         "CidrBlock": "10.0.0.0/24", "DefaultForAz": False, "MapPublicIpOnLaunch": True, "OwnerId": ACCOUNT,
         "PrivateDnsNameOptionsOnLaunch": {"HostnameType": "resource-name", "EnableResourceNameDnsARecord": True,
                                           "EnableResourceNameDnsAAAARecord": False},
         "State": "available", "SubnetId": "subnet-0a0a0a0a", "VpcId": VPC}]}),
    ("ec2", "describe_route_tables", {}, {"RouteTables": [
        {"Associations": [
            {"AssociationState": {"State": "associated"}, "Main": True, "RouteTableAssociationId": "rtbassoc-1",
             "RouteTableId": "rtb-11111111"},
            {"AssociationState": {"State": "associated"}, "Main": False, "RouteTableAssociationId": "rtbassoc-2",
             "RouteTableId": "rtb-11111111", "SubnetId": "subnet-0a0a0a0a"}],
         "OwnerId": ACCOUNT, "PropagatingVgws": [], "RouteTableId": "rtb-11111111", "Tags": [], "VpcId": VPC,
         "Routes": [
             {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable",
              "State": "active"},
             {"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "local", "Origin": "CreateRouteTable",
              "State": "active"},
             {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "Origin": "CreateRoute",
              "State": "active"},
             {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "Origin": "CreateRoute",
              "State": "active"}]}]}),
    ("ec2", "describe_security_groups", {}, {"SecurityGroups": [
        {"Description": "web, reached from Classic", "GroupId": "sg-2b2b2b2b", "GroupName": "web", "OwnerId": ACCOUNT,
         "VpcId": VPC, "IpPermissions": [], "IpPermissionsEgress": [
             {"IpProtocol": "tcp", "FromPort": 6001, "ToPort": 6001, "IpRanges": [], "Ipv6Ranges": [],
              "PrefixListIds": [], "UserIdGroupPairs": [{"GroupId": "sg-3c3c3c3c", "UserId": ACCOUNT}]}]},
        {"Description": "app", "GroupId": "sg-3c3c3c3c", "GroupName": "app", "OwnerId": ACCOUNT, "VpcId": VPC,
         "IpPermissions": [
             {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}],
              "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/56"}], "PrefixListIds": [{"PrefixListId": "pl-1"}],
              "UserIdGroupPairs": []}],
         "IpPermissionsEgress": [], "Tags": name(("tier", "app"))},
        {"Description": "Classic web", "GroupId": "sg-1a1a1a1a", "GroupName": "classic-web", "OwnerId": ACCOUNT,
         "IpPermissions": [], "IpPermissionsEgress": []}]}),
    ("ec2", "describe_network_interfaces", {}, {"NetworkInterfaces": [
        APP_INTERFACE,
        interface("eni-0db0db0d", "10.0.0.40", "203.0.113.40", description="RDSNetworkInterface")]}),
    ("ec2", "describe_instances", {}, {"Reservations": [
        {"Groups": [{"GroupName": "classic-web", "GroupId": "sg-1a1a1a1a"}], "OwnerId": ACCOUNT,
         "ReservationId": "r-1", "Instances": [
             {"AmiLaunchIndex": 0, "ImageId": "ami-1", "InstanceId": WEB, "InstanceType": "m1.small",
              "LaunchTime": THEN, "Monitoring": {"State": "disabled"},
              "Placement": {"AvailabilityZone": "us-east-1a", "GroupName": "", "Tenancy": "default"},
              "PrivateDnsName": "ip-10-112-0-9.ec2.internal", "PrivateIpAddress": "10.112.0.9", "ProductCodes": [],
              "PublicDnsName": "ec2-203-0-113-9.compute-1.amazonaws.com", "PublicIpAddress": "203.0.113.9",
              "State": {"Code": 16, "Name": "running"}, "StateTransitionReason": "", "NetworkInterfaces": [],
              "SecurityGroups": [{"GroupName": "classic-web", "GroupId": "sg-1a1a1a1a"}],
              "Tags": name(("Name", "web"))}]},
        {"Groups": [], "OwnerId": ACCOUNT, "ReservationId": "r-2", "Instances": [
            {"AmiLaunchIndex": 0, "ImageId": "ami-1", "InstanceId": APP, "InstanceType": "m3.large",
             "LaunchTime": THEN, "Placement": {"AvailabilityZone": "us-east-1a", "Tenancy": "default"},
             "PrivateDnsName": "ip-10-0-0-5.ec2.internal", "PrivateIpAddress": "10.0.0.5",
             "PublicDnsName": "", "PublicIpAddress": "203.0.113.25", "State": {"Code": 16, "Name": "running"},
             "SubnetId": "subnet-0a0a0a0a", "VpcId": VPC, "NetworkInterfaces": [shown_by_instance(APP_INTERFACE)],
             "SecurityGroups": [{"GroupName": "app", "GroupId": "sg-3c3c3c3c"}],
             "PrivateDnsNameOptions": {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": True,
                                       "EnableResourceNameDnsAAAARecord": True}},
            {"InstanceId": GONE, "InstanceType": "m3.large", "State": {"Code": 48, "Name": "terminated"},
             "StateReason": {"Code": "Client.UserInitiatedShutdown", "Message": ""}, "PrivateDnsName": "",
             "NetworkInterfaces": [], "SecurityGroups": []}]}]}),
    ("ec2", "describe_addresses", {}, {"Addresses": [
        {"PublicIp": "203.0.113.9", "Domain": "standard", "InstanceId": WEB},
        {"PublicIp": "198.51.100.7", "Domain": "standard", "InstanceId": ""},
        {"PublicIp": "203.0.113.25", "AllocationId": "eipalloc-1", "AssociationId": "eipassoc-1", "Domain": "vpc",
         "InstanceId": APP, "NetworkInterfaceId": "eni-0e0e0e0e", "NetworkInterfaceOwnerId": ACCOUNT,
         "PrivateIpAddress": "10.0.0.5", "PublicIpv4Pool": "amazon", "NetworkBorderGroup": "us-east-1"}]}),
    ("ec2", "describe_classic_link_instances", {}, {"Instances": [
        {"InstanceId": WEB, "VpcId": VPC, "Groups": [{"GroupId": "sg-2b2b2b2b", "GroupName": "web"}],
         "Tags": name(("Name", "web"))}]}),
    ("ec2", "describe_vpc_peering_connections", {}, {"VpcPeeringConnections": [
        {"VpcPeeringConnectionId": "pcx-11112222", "Status": {"Code": "active", "Message": "Active"}, "Tags": [],
         "RequesterVpcInfo": {"CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT, "Region": REGION, "VpcId": VPC,
                              "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": True,
                                                 "AllowEgressFromLocalClassicLinkToRemoteVpc": True,
                                                 "AllowEgressFromLocalVpcToRemoteClassicLink": False}},
         "AccepterVpcInfo": {"CidrBlock": "172.31.0.0/16", "OwnerId": ACCOUNT, "Region": REGION, "VpcId": PEER,
                             "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": False,
                                                "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
                                                "AllowEgressFromLocalVpcToRemoteClassicLink": False}}},
        {"VpcPeeringConnectionId": "pcx-33334444", "Status": {"Code": "deleted", "Message": "Deleted"},
         "RequesterVpcInfo": {"OwnerId": ACCOUNT, "VpcId": "vpc-00000000"},
         "AccepterVpcInfo": {"OwnerId": ACCOUNT, "VpcId": PEER}}]}),
    ("rds", "describe_db_instances", {}, {"DBInstances": [
        {"DBInstanceIdentifier": "orders", "DBInstanceClass": "db.m3.medium", "Engine": "mysql",
         "DBInstanceStatus": "available", "AvailabilityZone": "us-east-1a", "MultiAZ": True,
         "PubliclyAccessible": True, "InstanceCreateTime": THEN,
         "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders",
         "DBSubnetGroup": {"DBSubnetGroupName": "default", "SubnetGroupStatus": "Complete", "VpcId": VPC,
                           "Subnets": [{"SubnetIdentifier": "subnet-0a0a0a0a"}]},
         "Endpoint": {"Address": "orders.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com", "Port": 3306,
                      "HostedZoneId": "Z2R2ITUGPM61AM"},
         "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-3c3c3c3c", "Status": "active"}],
         "TagList": name(("tier", "database"))},
        {"DBInstanceIdentifier": "aurora-1", "DBInstanceClass": "db.r3.large", "Engine": "aurora",
         "DBClusterIdentifier": "aurora", "PubliclyAccessible": False, "MultiAZ": False,
         "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:aurora-1", "DBSubnetGroup": {"VpcId": VPC},
         "Endpoint": {"Address": "aurora-1.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com", "Port": 3306}}]}),
    ("rds", "describe_db_clusters", {}, {"DBClusters": [
        {"DBClusterIdentifier": "aurora", "AvailabilityZones": ["us-east-1a", "us-east-1b"], "Engine": "aurora",
         "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:aurora", "DBSubnetGroup": "default", "Port": 3306,
         "Endpoint": "aurora.cluster-c1a2b3c4d5e6.us-east-1.rds.amazonaws.com",
         "ReaderEndpoint": "aurora.cluster-ro-c1a2b3c4d5e6.us-east-1.rds.amazonaws.com", "MultiAZ": False,
         "DBClusterMembers": [{"DBInstanceIdentifier": "aurora-1", "IsClusterWriter": True, "PromotionTier": 1,
                               "DBClusterParameterGroupStatus": "in-sync"}],
         "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-2b2b2b2b", "Status": "active"}], "TagList": []}]}),
    ("redshift", "describe_clusters", {}, {"Clusters": [
        {"ClusterIdentifier": "lake", "NodeType": "dc1.large", "ClusterStatus": "available", "VpcId": VPC,
         "AvailabilityZone": "us-east-1a", "PubliclyAccessible": True, "NumberOfNodes": 2, "MasterUsername": "admin",
         "Endpoint": {"Address": "lake.c1a2b3c4d5e6.us-east-1.redshift.amazonaws.com", "Port": 5439},
         "ClusterNodes": [
             {"NodeRole": "COMPUTE-0", "PrivateIPAddress": "10.0.0.61", "PublicIPAddress": "203.0.113.61"},
             {"NodeRole": "LEADER", "PrivateIPAddress": "10.0.0.60", "PublicIPAddress": "203.0.113.60"}],
         "ClusterSecurityGroups": [],
         "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-3c3c3c3c", "Status": "active"}],
         "Tags": []}]}),
    ("elasticache", "describe_cache_clusters", {}, {"CacheClusters": [
        {"CacheClusterId": "sessions", "CacheNodeType": "cache.m3.medium", "Engine": "memcached",
         "CacheClusterStatus": "available", "NumCacheNodes": 2, "PreferredAvailabilityZone": "Multiple",
         "ARN": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:sessions",
         "ConfigurationEndpoint": {"Address": "sessions.a1b2c3.cfg.use1.cache.amazonaws.com", "Port": 11211},
         "CacheNodes": [
             {"CacheNodeId": "0001", "CacheNodeStatus": "available", "CacheNodeCreateTime": THEN,
              "Endpoint": {"Address": "sessions.a1b2c3.0001.use1.cache.amazonaws.com", "Port": 11211}},
             {"CacheNodeId": "0002", "CacheNodeStatus": "available",
              "Endpoint": {"Address": "sessions.a1b2c3.0002.use1.cache.amazonaws.com", "Port": 11211}}],
         "SecurityGroups": [], "CacheSecurityGroups": []},
        {"CacheClusterId": "baskets", "CacheNodeType": "cache.m3.medium", "Engine": "redis",
         "CacheClusterStatus": "available", "NumCacheNodes": 1, "PreferredAvailabilityZone": "us-east-1a",
         "ARN": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:baskets", "CacheSubnetGroupName": "default",
         "CacheNodes": [
             {"CacheNodeId": "0001", "CacheNodeStatus": "available",
              "Endpoint": {"Address": "baskets.a1b2c3.0001.use1.cache.amazonaws.com", "Port": 6380}}],
         "SecurityGroups": [{"SecurityGroupId": "sg-2b2b2b2b", "Status": "active"}], "CacheSecurityGroups": []}]}),
    ("elb", "describe_load_balancers", {}, {"LoadBalancerDescriptions": [
        {"LoadBalancerName": "front", "DNSName": "front-1234567890.us-east-1.elb.amazonaws.com",
         "CanonicalHostedZoneName": "front-1234567890.us-east-1.elb.amazonaws.com",
         "CanonicalHostedZoneNameID": "Z35SXDOTRQ7X7K", "ListenerDescriptions": [],
         "AvailabilityZones": ["us-east-1a"], "Subnets": ["subnet-0a0a0a0a"], "VPCId": VPC, "Instances": [],
         "SourceSecurityGroup": {"OwnerAlias": ACCOUNT, "GroupName": "app"}, "SecurityGroups": ["sg-3c3c3c3c"],
         "CreatedTime": THEN, "Scheme": "internet-facing"}]}),
    ("elbv2", "describe_load_balancers", {}, {"LoadBalancers": [
        {"LoadBalancerArn": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/net/in/50dc6c495c0c9188",
         "DNSName": "internal-in-50dc6c495c0c9188.elb.us-east-1.amazonaws.com",
         "CanonicalHostedZoneId": "Z26RNL4JYFTOTI", "CreatedTime": THEN, "LoadBalancerName": "in",
         "Scheme": "internal", "VpcId": VPC, "State": {"Code": "active"}, "Type": "network",
         "AvailabilityZones": [
             {"ZoneName": "us-east-1a", "SubnetId": "subnet-0a0a0a0a",
              "LoadBalancerAddresses": [{"PrivateIPv4Address": "10.0.0.70", "IPv6Address": "2001:db8:0:1::70"}]}],
         "IpAddressType": "dualstack"}]}),
    ("route53", "list_hosted_zones", {}, {"HostedZones": [
        {"Id": ZONE, "Name": "corp.internal.", "CallerReference": "1", "ResourceRecordSetCount": 4,
         "Config": {"Comment": "inside", "PrivateZone": True}}],
        "Marker": "", "IsTruncated": False, "MaxItems": "100"}),
    ("route53", "get_hosted_zone", {"Id": ZONE}, {
        "HostedZone": {"Id": ZONE, "Name": "corp.internal.", "CallerReference": "1", "ResourceRecordSetCount": 4,
                       "Config": {"Comment": "inside", "PrivateZone": True}},
        "VPCs": [{"VPCRegion": REGION, "VPCId": VPC}]}),
    ("route53", "list_resource_record_sets", {"HostedZoneId": ZONE}, {
        "ResourceRecordSets": [
            {"Name": "corp.internal.", "Type": "NS", "TTL": 172800, "ResourceRecords": [
                {"Value": f"ns-{number}.awsdns-00.{end}."}
                for number, end in ((0, "com"), (512, "net"), (1024, "org"), (1536, "co.uk"))]},
            {"Name": "corp.internal.", "Type": "SOA", "TTL": 900, "ResourceRecords": [
                {"Value": "ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}]},
            {"Name": "\\052.corp.internal.", "Type": "TXT", "TTL": 60,
             "ResourceRecords": [{"Value": "\"any\" \"\\303\\244\""}]},
            {"Name": "front.corp.internal.", "Type": "A", "AliasTarget": {
                "HostedZoneId": "Z35SXDOTRQ7X7K", "EvaluateTargetHealth": False,
                "DNSName": "dualstack.front-1234567890.us-east-1.elb.amazonaws.com."}},
            {"Name": "app.corp.internal.", "Type": "A", "SetIdentifier": "a", "Weight": 10, "TTL": 30,
             "ResourceRecords": [{"Value": "10.0.0.5"}]}],
        "IsTruncated": False, "MaxItems": "300"}),
    ("route53resolver", "list_resolver_rules", {}, {"MaxResults": 10, "ResolverRules": [
        {"Id": "rslvr-rr-1", "Arn": f"arn:aws:route53resolver:{REGION}:{ACCOUNT}:resolver-rule/rslvr-rr-1",
         "DomainName": "example.com.", "RuleType": "FORWARD", "Status": "COMPLETE", "OwnerId": ACCOUNT,
         "ResolverEndpointId": "rslvr-out-1", "ShareStatus": "NOT_SHARED",
         "TargetIps": [{"Ip": "192.0.2.53", "Port": 53}], "CreationTime": "2016-01-11T10:00:00Z"},
        {"Id": "rslvr-autodefined-rr-internet-resolver", "DomainName": ".", "RuleType": "RECURSIVE",
         "Name": "Internet Resolver", "OwnerId": "Route 53 Resolver", "Status": "COMPLETE"}]}),
    ("route53resolver", "list_resolver_rule_associations", {}, {"MaxResults": 10, "ResolverRuleAssociations": [
        {"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1", "VPCId": VPC, "Status": "COMPLETE"}]}),
    ("route53resolver", "list_resolver_configs", {}, {"ResolverConfigs": [
        {"Id": "rslvr-rc-1", "ResourceId": VPC, "OwnerId": ACCOUNT, "AutodefinedReverse": "DISABLED"}]}),
]


def printed(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(type(value))


def main():
    HERE.mkdir(exist_ok=True)
    session = botocore.session.Session()
    session.set_credentials("none", "none")
    for service, operation, parameters, response in RESPONSES:
        client = session.create_client(service, region_name=REGION)
        with Stubber(client) as stub:
            stub.add_response(operation, response, parameters)
            answer = getattr(client, operation)(**parameters)
        answer.pop("ResponseMetadata", None)
        file = service + "." + operation.replace("_", "-")
        if "Attribute" in parameters:
            file += "." + parameters["Attribute"]
        if operation == "list_resource_record_sets":
            # The call does not print which zone it was about: that is written beside it.
            answer = {**answer, "HostedZones": [{"Id": ZONE, "Name": "corp.internal."}]}
        (HERE / (file + ".json")).write_text(json.dumps(answer, indent=4, default=printed) + "\n")


main()
