// The rows of a state are a world: the same as the file that says the same, and refused by list and id.
import Cloud
import DNSWire
import Foundation
import TestSupport
import Testing

@testable import WorldFile

private typealias Rows = [(list: String, id: String, body: String)]

private func load(_ rows: Rows, setting overrides: [Override] = []) throws -> LoadedWorld {
  try WorldFile.load(rowsOf: "state.db", setting: overrides) { visit in
    for row in rows { visit(row.list, row.id.utf8Span.span, row.body.utf8Span.span) }
  }.get()
}

private func rows(of world: World) -> Rows {
  var rows: Rows = []
  WorldWriter.forEachItem(of: world) { rows.append(($0.list, $0.id, $0.body)) }
  return rows.sorted { ($0.list, $0.id) < ($1.list, $1.id) }
}

private func problems(_ rows: Rows) throws -> [String] {
  do {
    return try load(rows).warnings.map(\.description)
  } catch let failure as LoadFailure {
    return failure.problems.map(\.description)
  }
}

@Suite struct RowsOfAState {
  private let vpc = ("Vpcs", "vpc-1", #"{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16"}"#)

  @Test func everyKindComesBack() throws {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/everything.yaml").path
    let world = try WorldFile.load([fixture]).world
    #expect(try Set(load(rows(of: world)).world.resourcesInOrder) == Set(world.resourcesInOrder))
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func randomWorld(_ seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let world = RandomWorld(using: &numbers).world
    let rows = rows(of: world)
    #expect(Set(rows.map { "\($0.list)/\($0.id)" }).count == rows.count, "each row has an id of its own")
    #expect(try Set(load(rows).world.resourcesInOrder) == Set(world.resourcesInOrder))
  }

  @Test func problemsStandAtListAndID() throws {
    #expect(
      try problems([
        ("Instances", "i-1", #"{"InstanceId":"i-1","VpcId":"vpc-1","PrivateIpAddress":"10.1.0.5"}"#),
        ("Instances", "i-2", #"{"InstanceId":"i-2","VpcId":"vpc-9"}"#), vpc,
      ]) == [
        "state.db:Instances/i-1: error: 10.1.0.5 is not inside a range of vpc-1",
        "state.db:Instances/i-2: error: there is no VPC vpc-9",
      ])
  }

  @Test func aRowThatIsNoJSONIsNamed() throws {
    let broken = try problems([
      ("Vpcs", "vpc-0", #"{"VpcId":"vpc-0","CidrBlock":"10.2.0.0/16""#), vpc, ("Vpcs", "vpc-2", #"{"VpcId":"#),
    ])
    #expect(broken.count == 2)
    #expect(broken[0].hasPrefix("state.db:Vpcs/vpc-0: error: the row is no JSON: "))
    #expect(broken[1].hasPrefix("state.db:Vpcs/vpc-2: error: the row is no JSON: "))
  }

  @Test func aRowIsOneItemAndAnItemOneRow() throws {
    let refusal = "state.db:Vpcs: error: two rows are one item, or a row is none"
    #expect(try problems([vpc, ("Vpcs", "vpc-2", vpc.2)]) == [refusal])
    #expect(try problems([("Vpcs", "a", vpc.2 + #",{"VpcId":"vpc-2","CidrBlock":"10.0.0.0/16"}"#)]) == [refusal])
  }

  @Test func onlyListsOfItemsAreKept() throws {
    #expect(
      try problems([("Reservations", "r", "{}")]) == [
        "state.db:Reservations: error: a state holds no list \"Reservations\""
      ])
    #expect(try problems([("Trunks", "r", "{}")]) == ["state.db:Trunks: error: a state holds no list \"Trunks\""])
  }

  @Test func aLineEndInARowShiftsNoOther() throws {
    let spread = vpc.2.replacing(",", with: ",\n\n")
    #expect(
      try problems([
        ("Vpcs", "vpc-1", spread), ("Vpcs", "vpc-2", #"{"VpcId":"vpc-2","CidrBlock":7}"#),
      ]).map { $0.prefix(20) } == ["state.db:Vpcs/vpc-2:"])
  }

  @Test func placesAndOverrides() throws {
    let loaded = try load([vpc], setting: [Override("vpc-1:EnableDnsSupport=false")])
    #expect(loaded.place(of: .vpc, "vpc-1")?.description == "state.db:Vpcs/vpc-1")
    #expect(loaded.files == ["state.db"])
    #expect(loaded.world.vpcs[ID("vpc-1")]?.enableDnsSupport == false)
  }

  @Test func noRowsAreAnEmptyWorld() throws {
    #expect(try load([]).world.vpcs.isEmpty)
  }
}
