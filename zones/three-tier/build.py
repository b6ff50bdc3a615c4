#!/usr/bin/env python3
"""Builds the world of world.yaml from nothing, by the calls that one would make to AWS.

Start a server that knows nothing, and run this against it:

    classiclink-dns serve --listen 127.0.0.1:5300 --api 127.0.0.1:5380
    zones/three-tier/build.py --endpoint-url http://127.0.0.1:5380

It prints, as JSON, what each part of the story has become: ids, addresses and names are AWS's to choose.
"""
import argparse
import json

import boto3

REGION = "us-east-1"
NAME_SERVERS = {"corp.internal": ["ns-1536.awsdns-00.co.uk.", "ns-0.awsdns-00.com."],
                "shop.example": ["ns-1.awsdns-01.org.", "ns-2.awsdns-02.com."]}


def build(client):
    """`client(service)` is a boto3 client. Returns ids, addresses and names by what they are in the story."""
    made = {}
    network(client("ec2"), made)
    servers(client("ec2"), made)
    link(client("ec2"), made)
    services(client, made)
    zones(client("route53"), addresses(client("ec2"), made), made)
    return made


def name(resource, value):
    return [{"ResourceType": resource, "Tags": [{"Key": "Name", "Value": value}]}]


# ---------------------------------------------------------------- the network

def network(ec2, made):
    made["vpc"] = vpc = ec2.create_vpc(
        CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True,
        TagSpecifications=name("vpc", "three-tier"))["Vpc"]["VpcId"]
    made["neighbour"] = ec2.create_vpc(
        CidrBlock="192.168.0.0/16", TagSpecifications=name("vpc", "neighbour"))["Vpc"]["VpcId"]
    for one in [vpc, made["neighbour"]]:
        ec2.modify_vpc_attribute(VpcId=one, EnableDnsHostnames={"Value": True})  # S75

    for role, block, zone in [("front", "10.0.0.0/24", "us-east-1a"), ("back", "10.0.1.0/24", "us-east-1b")]:
        made[role] = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
    # What is launched in the back subnet has i-... names as well.
    ec2.modify_subnet_attribute(SubnetId=made["back"], PrivateDnsHostnameTypeOnLaunch="resource-name")
    ec2.modify_subnet_attribute(SubnetId=made["back"], EnableResourceNameDnsARecordOnLaunch={"Value": True})

    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    routes = ec2.describe_route_tables(Filters=[
        {"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}])["RouteTables"][0]
    ec2.create_route(RouteTableId=routes["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


# ---------------------------------------------------------------- the servers, and who may talk to whom

def servers(ec2, made):
    for role, group, description in [
            ("web-group", "web-classic", "HTTPS from the internet"),
            ("batch-group", "batch-classic", "a Classic instance without a link")]:
        made[role] = ec2.create_security_group(GroupName=group, Description=description)["GroupId"]
    for role, group, description in [
            ("linked-group", "web-linked", "from the web server to the application"),
            ("application-group", "application", "from the web server, to the database"),
            ("database-group", "database", "from the application")]:
        made[role] = ec2.create_security_group(GroupName=group, Description=description, VpcId=made["vpc"])["GroupId"]
        # A group of a VPC lets everything out until it is told otherwise.
        ec2.revoke_security_group_egress(GroupId=made[role], IpPermissions=[
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    ec2.authorize_security_group_ingress(GroupId=made["web-group"], IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])  # S84
    for port, one, other in [(6001, "linked-group", "application-group"),  # S85, S86
                             (6004, "application-group", "database-group")]:  # S87, S88
        to = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        ec2.authorize_security_group_egress(
            GroupId=made[one], IpPermissions=[dict(to, UserIdGroupPairs=[{"GroupId": made[other]}])])
        ec2.authorize_security_group_ingress(
            GroupId=made[other], IpPermissions=[dict(to, UserIdGroupPairs=[{"GroupId": made[one]}])])

    def run(role, **where):
        made[role] = ec2.run_instances(
            ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=1, TagSpecifications=name("instance", role),
            **where)["Instances"][0]["InstanceId"]

    # Without a subnet: EC2-Classic.
    run("web", InstanceType="m3.medium", SecurityGroupIds=[made["web-group"]])
    run("batch", InstanceType="m3.medium", SecurityGroupIds=[made["batch-group"]])
    run("application", InstanceType="m4.large", NetworkInterfaces=[{
        "DeviceIndex": 0, "SubnetId": made["front"], "PrivateIpAddress": "10.0.0.5",
        "AssociatePublicIpAddress": True, "Groups": [made["application-group"]]}])
    # The database has no public address.
    run("database", InstanceType="m4.large", SubnetId=made["back"], PrivateIpAddress="10.0.1.6",
        SecurityGroupIds=[made["database-group"]])


# ---------------------------------------------------------------- the link

def link(ec2, made):
    ec2.enable_vpc_classic_link(VpcId=made["vpc"])
    ec2.attach_classic_link_vpc(InstanceId=made["web"], VpcId=made["vpc"], Groups=[made["linked-group"]])
    ec2.enable_vpc_classic_link_dns_support(VpcId=made["vpc"])  # S74


# ---------------------------------------------------------------- services in the VPC (S23)

def services(client, made):
    subnets = [made["front"], made["back"]]
    rds = client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="both", DBSubnetGroupDescription="both zones", SubnetIds=subnets)
    for role, is_public in [("orders", True), ("ledger", False)]:  # S28, S29
        made[role] = rds.create_db_instance(
            DBInstanceIdentifier=role, DBInstanceClass="db.m3.medium", Engine="mysql", AllocatedStorage=20,
            MasterUsername="root", MasterUserPassword="three-tiers", DBSubnetGroupName="both",
            PubliclyAccessible=is_public)["DBInstance"]["Endpoint"]["Address"]

    redshift = client("redshift")
    redshift.create_cluster_subnet_group(
        ClusterSubnetGroupName="both", Description="both zones", SubnetIds=subnets)
    made["sales"] = redshift.create_cluster(
        ClusterIdentifier="sales", NodeType="dc2.large", ClusterType="multi-node", NumberOfNodes=2,
        MasterUsername="root", MasterUserPassword="Three-tiers-3", ClusterSubnetGroupName="both",
        PubliclyAccessible=True)["Cluster"]["Endpoint"]["Address"]

    cache = client("elasticache")
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="both", CacheSubnetGroupDescription="both zones", SubnetIds=subnets)
    made["sessions"] = cache.create_cache_cluster(
        CacheClusterId="sessions", Engine="redis", CacheNodeType="cache.m3.medium", NumCacheNodes=1,
        CacheSubnetGroupName="both",
        PreferredAvailabilityZone="us-east-1b")["CacheCluster"]["CacheNodes"][0]["Endpoint"]["Address"]

    made["front-balancer"] = client("elb").create_load_balancer(
        LoadBalancerName="front", Subnets=subnets,
        Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 443, "InstancePort": 443}])["DNSName"]
    made["app-balancer"] = client("elbv2").create_load_balancer(
        Name="app", Scheme="internal", Type="application", Subnets=subnets)["LoadBalancers"][0]["DNSName"]


# ---------------------------------------------------------------- zones

def zones(route53, public, made):
    corp = route53.create_hosted_zone(
        Name="corp.internal", CallerReference="corp.internal " + made["vpc"], HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": REGION, "VPCId": made["vpc"]})["HostedZone"]["Id"]
    fill(route53, corp, "corp.internal", [
        ("app", "A", "10.0.0.5"), ("db", "A", "10.0.1.6"), ("orders", "CNAME", made["orders"] + "."),
        ("cache", "CNAME", made["sessions"] + "."), ("_app._tcp", "SRV", "0 10 6001 app.corp.internal."),
        ("*.dev", "A", "10.0.1.200"), ("about", "TXT", '"web -> app on TCP 6001, app -> db on TCP 6004"')])
    shop = route53.create_hosted_zone(
        Name="shop.example", CallerReference="shop.example " + made["vpc"])["HostedZone"]["Id"]
    fill(route53, shop, "shop.example", [
        ("", "MX", "10 mail.shop.example."), ("www", "A", public["web"]), ("mail", "A", public["batch"]),
        ("app", "CNAME", "ec2-%s.compute-1.amazonaws.com." % public["application"].replace(".", "-"))])


def addresses(ec2, made):
    """The public addresses of the servers, by what they are in the story."""
    found = {instance["InstanceId"]: instance.get("PublicIpAddress")
             for reservation in ec2.describe_instances()["Reservations"] for instance in reservation["Instances"]}
    return {role: found[made[role]] for role in ["web", "batch", "application"]}


def fill(route53, zone, origin, records):
    soa = "%s awsdns-hostmaster.amazon.com. 1 7200 900 1209600 300" % NAME_SERVERS[origin][0]
    sets = [("", "SOA", soa), ("", "NS", *NAME_SERVERS[origin])] + records
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [
        {"Action": "UPSERT", "ResourceRecordSet": {
            "Name": (label + "." if label else "") + origin, "Type": kind, "TTL": 300,
            "ResourceRecords": [{"Value": value} for value in values]}} for label, kind, *values in sets]})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint-url", default="http://127.0.0.1:5380", help="where the API listens")
    url = parser.parse_args().endpoint_url
    # Any credentials will do.
    print(json.dumps(build(lambda service: boto3.client(
        service, endpoint_url=url, region_name=REGION, aws_access_key_id="123456789012",
        aws_secret_access_key="any")), indent=2))


if __name__ == "__main__":
    main()
