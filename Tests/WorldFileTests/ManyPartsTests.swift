// Worlds in which one thing is said very often: each saying is looked at once, not beside all the others.
import Cloud
import DNSWire
import Testing

@testable import WorldFile

@Suite struct ManyPartsTests {
  @Test("Thirty thousand parts of one VPC that agree in nothing but its range are merged")
  func parts() throws {
    let items = (0..<30_000).map { index in
      #"{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","Member\#(index)":1,"Note":"\#(index)","List":[\#(index),2]}"#
    }
    let world = try load(#"{"Vpcs":[\#(items.joined(separator: ",\n"))]}"#, "world.json")
    #expect(world.vpcs.values.map { "\($0.cidrBlock)" } == ["10.0.0.0/16"])
  }

  @Test("Two parts that agree in a mapping of forty thousand members", .timeLimit(.minutes(1)))
  func members() throws {
    let members = (0..<40_000).map { #""member-\#($0)":1"# }
    let item = { (order: [String]) in
      #"{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","List":[{\#(order.joined(separator: ","))}]}"#
    }
    let world = try load(#"{"Vpcs":[\#(item(members)),\#(item(members.reversed()))]}"#, "world.json")
    #expect(world.vpcs.count == 1)
  }

  @Test("Of parts that differ where somebody reads it, each that differs is told")
  func differing() throws {
    let owners = ["a", "a", "b", "a", "c", "b"]
    let items = owners.map { #"{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","OwnerId":"\#($0)"}"# }
    let found = try problems("{\"Vpcs\":[\n\(items.joined(separator: ",\n"))]}", "world.json")
    #expect(found.map { $0.prefix(13) } == ["world.json:4:", "world.json:6:"], "\(found)")
  }

  @Test("Thirty thousand reservations, each of an account of its own")
  func accounts() throws {
    let reservations = (0..<30_000).map { index in
      #"{"OwnerId":"account-\#(index)","Instances":[{"InstanceId":"i-\#(index)","State":{"Name":"running"}}]}"#
    }
    let world = try load(#"{"Reservations":[\#(reservations.joined(separator: ",\n"))]}"#, "world.json")
    #expect(world.instances.count == 30_000)
    #expect(world.instances[ID("i-29999")]?.ownerID == "account-29999")
  }
}
