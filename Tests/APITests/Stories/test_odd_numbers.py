"""Numbers that no AWS would print: in a world file, where `check` refuses those that calls count with, and in a state
of an earlier version, where nothing may end the server."""
import contextlib
import os
import sqlite3
import subprocess

import stage

HUGE = 9223372036854775807
ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
BALANCER, GROUP = ARN + "loadbalancer/net/new/1", ARN + "targetgroup/group/1"
# Every number that calls keep as it stands, and none that answers are made of.
DETAILS = """
Region: us-east-1
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16}
Subnets:
  - {SubnetId: subnet-0000000a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.1.0/28, AvailabilityZone: us-east-1a,
     AvailableIpAddressCount: NUMBER}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9, AmiLaunchIndex: NUMBER,
     CpuOptions: {CoreCount: NUMBER, ThreadsPerCore: NUMBER}}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, SubnetId: subnet-0000000a, PrivateIpAddress: 10.0.1.5}
DBInstances:
  - {DBInstanceIdentifier: base, Engine: mysql, AllocatedStorage: NUMBER, BackupRetentionPeriod: NUMBER, Iops: NUMBER,
     MonitoringInterval: NUMBER, PromotionTier: NUMBER, MaxAllocatedStorage: NUMBER, StorageThroughput: NUMBER,
     DBInstanceClass: db.m1.small, PubliclyAccessible: true}
DBClusters:
  - {DBClusterIdentifier: aurora, Engine: aurora, AllocatedStorage: NUMBER, BackupRetentionPeriod: NUMBER}
Clusters:
  - {ClusterIdentifier: stats, PubliclyAccessible: true, AutomatedSnapshotRetentionPeriod: NUMBER,
     ManualSnapshotRetentionPeriod: NUMBER, TotalStorageCapacityInMegaBytes: NUMBER}
CacheClusters:
  - {CacheClusterId: cache, Engine: memcached, NumCacheNodes: NUMBER, SnapshotRetentionLimit: NUMBER,
     ConfigurationEndpoint: {Address: cache.abc123.cfg.use1.cache.amazonaws.com, Port: 11211},
     CacheNodes: [{CacheNodeId: "NUMBER"}]}
LoadBalancerDescriptions:
  - {LoadBalancerName: old, DNSName: old-1.us-east-1.elb.amazonaws.com,
     HealthCheck: {Interval: NUMBER, Timeout: NUMBER, HealthyThreshold: NUMBER, UnhealthyThreshold: NUMBER},
     ListenerDescriptions: [{Listener: {Protocol: TCP, LoadBalancerPort: NUMBER, InstancePort: NUMBER}}]}
LoadBalancers:
  - {LoadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/new/1",
     LoadBalancerName: new, Type: network, VpcId: vpc-1a2b3c4d, DNSName: new-1.elb.us-east-1.amazonaws.com}
Listeners:
  - {ListenerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/net/new/1/1", Port: NUMBER,
     LoadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/new/1", Protocol: TCP,
     DefaultActions: [{Type: forward, Order: NUMBER}]}
TargetGroups:
  - {TargetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/group/1", Port: NUMBER,
     TargetGroupName: group, Protocol: TCP, VpcId: vpc-1a2b3c4d, HealthCheckIntervalSeconds: NUMBER,
     HealthCheckTimeoutSeconds: NUMBER, HealthyThresholdCount: NUMBER, UnhealthyThresholdCount: NUMBER,
     Targets: [{Id: 10.0.1.4, Port: NUMBER}]}
LaunchConfigurations:
  - {LaunchConfigurationName: plain, ImageId: ami-00000001, InstanceType: m1.small, SpotPrice: NUMBER}
AutoScalingGroups:
  - {AutoScalingGroupName: group, LaunchConfigurationName: plain, AvailabilityZones: [us-east-1a], DesiredCapacity: 1,
     MinSize: 0, MaxSize: 2147483647, DefaultCooldown: NUMBER, HealthCheckGracePeriod: NUMBER,
     MaxInstanceLifetime: NUMBER, Instances: [{InstanceId: i-0aaa0001}]}
ResolverRules:
  - {Id: rslvr-rr-1, DomainName: example.com., RuleType: FORWARD, TargetIps: [{Ip: 192.0.2.1, Port: 1}], Weight: NUMBER}
ResolverEndpoints:
  - {Id: rslvr-in-1, Direction: INBOUND, IpAddressCount: NUMBER, HostVPCId: vpc-1a2b3c4d}
ResolverQueryLogConfigs:
  - {Id: rqlc-1, Name: log, AssociationCount: NUMBER, DestinationArn: "arn:aws:s3:::log"}
"""
# What calls count with, in a world as AWS prints it.
COUNTS = """
Region: us-east-1
Clusters:
  - {ClusterIdentifier: stats, NumberOfNodes: 2}
AutoScalingGroups:
  - {AutoScalingGroupName: group, LaunchConfigurationName: plain, AvailabilityZones: [us-east-1a], DesiredCapacity: 1,
     MinSize: 0, MaxSize: 10000, Instances: [{InstanceId: i-0aaa0001}]}
LaunchConfigurations:
  - {LaunchConfigurationName: plain, ImageId: ami-00000001, InstanceType: m1.small}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9}
"""
DESCRIBE = {
    "ec2": ["vpcs", "subnets", "instances", "addresses", "network_interfaces", "security_groups", "tags"],
    "rds": ["db_instances", "db_clusters", "db_subnet_groups"],
    "redshift": ["clusters", "cluster_subnet_groups"],
    "elasticache": ["cache_clusters", "cache_subnet_groups"],
    "elb": ["load_balancers"],
    "elbv2": ["load_balancers", "target_groups"],
    "autoscaling": ["auto_scaling_groups", "auto_scaling_instances", "launch_configurations"],
}


def describe_all(server):
    for service, lists in DESCRIBE.items():
        client = server.client(service)
        for name in lists:
            getattr(client, "describe_" + name)()
    balancers = server.client("elbv2")
    for balancer in balancers.describe_load_balancers()["LoadBalancers"]:
        balancers.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
    for group in balancers.describe_target_groups()["TargetGroups"]:
        balancers.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    resolver = server.client("route53resolver")
    resolver.list_resolver_rules()
    resolver.list_resolver_endpoints()
    resolver.list_resolver_query_log_configs()


class Details(stage.Stage):
    def stand_on(self, number):
        server = stage.Server(DETAILS.replace("NUMBER", str(number)))
        self.addCleanup(server.close)
        return server

    def test_a_number_that_is_only_kept_may_be_any(self):
        for number in [-1, 0, HUGE, -HUGE - 1, 10 ** 30]:
            with self.subTest(number=number):
                server = self.stand_on(number)
                describe_all(server)
                server.client("rds").modify_db_instance(DBInstanceIdentifier="base", BackupRetentionPeriod=1)
                server.client("rds").modify_db_cluster(DBClusterIdentifier="aurora", BackupRetentionPeriod=1)
                server.client("redshift").modify_cluster(
                    ClusterIdentifier="stats", NumberOfNodes=3, ClusterType="multi-node")
                server.client("elasticache").modify_cache_cluster(CacheClusterId="cache", NumCacheNodes=3)
                balancers = server.client("elbv2")
                balancers.register_targets(TargetGroupArn=GROUP, Targets=[dict(Id="i-0bbb0002")])
                balancers.create_listener(LoadBalancerArn=BALANCER, Protocol="TCP", Port=80,
                                          DefaultActions=[dict(Type="forward", TargetGroupArn=GROUP)])
                server.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName="group", MinSize=1)
                server.client("ec2").terminate_instances(InstanceIds=["i-0aaa0001"])
                describe_all(server)
                group = server.client("autoscaling").describe_auto_scaling_instances()["AutoScalingInstances"]
                self.assertEqual(1, len(group))
                self.assertEqual("ok\n", server.get("/healthz")[1][-3:])

    def test_new_nodes_of_a_cache_have_ids_of_their_own(self):
        server = self.stand_on(HUGE)
        cache = server.client("elasticache")
        cache.modify_cache_cluster(CacheClusterId="cache", NumCacheNodes=3)
        found = cache.describe_cache_clusters(CacheClusterId="cache", ShowCacheNodeInfo=True)["CacheClusters"][0]
        self.assertEqual({"0001", "0002", str(HUGE)}, {node["CacheNodeId"] for node in found["CacheNodes"]})


class Counts(stage.Restarting):
    world = COUNTS

    def test_check_refuses_what_calls_cannot_count_with(self):
        file = os.path.join(self.folder.name, "world.yaml")
        for name, good, numbers in [
                ("NumberOfNodes", "2", ["-1", "0", "129", str(HUGE), '"2"', "1.5"]),
                ("DesiredCapacity", "1", ["-1", "2147483648", str(HUGE), "x"]),
                ("MinSize", "0", ["-1", str(10 ** 30)]), ("MaxSize", "10000", ["-1", "true"])]:
            for number in numbers:
                with open(file, "w") as out:
                    out.write(COUNTS.replace("%s: %s" % (name, good), "%s: %s" % (name, number)))
                done = subprocess.run([stage.PROGRAM, "check", "--world", file], stdout=subprocess.PIPE,
                                      universal_newlines=True, timeout=stage.PATIENCE)
                self.assertEqual(65, done.returncode, (name, number))
                self.assertRegex(done.stdout, r"world\.yaml:\d+:\d+: error: %s must be a whole number from " % name)

    def test_a_state_that_has_them_already_is_served(self):
        """A group has no more instances for it than a call may ask for."""
        for number, nodes, members in [(1, 1, 1), (10 ** 12, 129, 1000), (HUGE, 129, 1000), (-1, 1, 0)]:
            self.assertEqual(0, self.server.stop())
            with contextlib.closing(sqlite3.connect(self.server.state)) as state, state:
                for name in ["NumberOfNodes", "DesiredCapacity", "MinSize", "MaxSize"]:
                    state.execute("UPDATE row SET body = json_set(body, '$.%s', json(?)) WHERE json_type(body, '$.%s')"
                                  " IS NOT NULL" % (name, name), (str(number),))
            self.server.start()
            describe_all(self.server)
            cluster = self.client("redshift").describe_clusters()["Clusters"][0]
            self.assertEqual((number, nodes), (cluster["NumberOfNodes"], len(cluster["ClusterNodes"])))
            groups = self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
            gone = groups[0]["Instances"][0]["InstanceId"]
            self.client("ec2").terminate_instances(InstanceIds=[gone])
            groups = self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
            left = [one["InstanceId"] for one in groups[0]["Instances"]]
            self.assertEqual((members, False), (len(left), gone in left), number)


if __name__ == "__main__":
    stage.main()
