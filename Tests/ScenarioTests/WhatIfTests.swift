// What-ifs over random worlds: a world that is loaded with an override is the world whose files were edited by hand.
import Cloud
import TestSupport
import Testing
import WorldFile

@Suite("What-if")
struct WhatIfTests {
  /// One fact to change, as an override and as an edit of the generated files.
  struct Change {
    let override: String
    let edit: (inout WorldText) -> Void
  }

  static let attributes = [
    "EnableDnsSupport", "EnableDnsHostnames", "ClassicLinkEnabled", "ClassicLinkDnsSupported",
  ]
  static let options = [
    "AllowDnsResolutionFromRemoteVpc", "AllowEgressFromLocalClassicLinkToRemoteVpc",
    "AllowEgressFromLocalVpcToRemoteClassicLink",
  ]

  /// Everything of these four kinds that can be changed in a world.
  static func changes(_ world: World) -> [Change] {
    var changes: [Change] = []
    for vpc in world.vpcs.keys.sorted() {
      for attribute in attributes {
        for value in [false, true] {
          changes.append(
            Change(override: "\(vpc):\(attribute)=\(value)") { text in
              text.edit(["Vpcs"], where: ("VpcId", vpc.rawValue), [attribute], to: .flag(value))
            })
        }
      }
    }
    for instance in world.instances.values.filter({ $0.vpcID == nil }).map(\.id).sorted() {
      changes.append(
        Change(override: "\(instance):ClassicLink=none") { $0.removeLink(of: instance.rawValue) })
      for vpc in world.vpcs.keys.sorted() {
        guard let groups = groups(instance, vpc, world) else { continue }
        let list = Value.list(groups.map { .object(["GroupId": .text($0.rawValue)]) })
        changes.append(
          Change(override: "\(instance):ClassicLink=\(vpc)") { text in
            text.removeLink(of: instance.rawValue)
            text.add(
              "ClassicLinkInstances", region: nil,
              ["InstanceId": .text(instance.rawValue), "VpcId": .text(vpc.rawValue), "Groups": list])
          })
      }
    }
    for peering in world.peerings.values.sorted(by: { $0.id < $1.id }) {
      for (side, info, vpc) in [
        ("Requester", "RequesterVpcInfo", peering.requester.vpcID),
        ("Accepter", "AccepterVpcInfo", peering.accepter.vpcID),
      ] {
        for option in options {
          for (value, prefix) in [(true, "\(vpc):"), (false, "\(side).")] {
            changes.append(
              Change(override: "\(peering.id):\(prefix)\(option)=\(value)") { text in
                text.edit(
                  ["VpcPeeringConnections"], where: ("VpcPeeringConnectionId", peering.id.rawValue),
                  [info, "PeeringOptions", option], to: .flag(value))
              })
          }
        }
      }
    }
    for database in world.dbInstances.keys.sorted() {
      changes.append(
        contentsOf: publicAccess("DBInstances", "DBInstanceIdentifier", database.rawValue))
    }
    for cluster in world.redshiftClusters.keys.sorted() {
      changes.append(contentsOf: publicAccess("Clusters", "ClusterIdentifier", cluster.rawValue))
    }
    return changes
  }

  private static func publicAccess(_ key: String, _ member: String, _ id: String) -> [Change] {
    [false, true].map { value in
      Change(override: "\(key)/\(id):PubliclyAccessible=\(value)") { text in
        text.edit([key], where: (member, id), ["PubliclyAccessible"], to: .flag(value))
      }
    }
  }

  /// The groups that a link keeps or gets; `nil` when the VPC has none.
  private static func groups(
    _ instance: ID<Instance>, _ vpc: ID<VPC>, _ world: World
  ) -> [ID<SecurityGroup>]? {
    let old = world.classicLinks[instance]
    if let old, old.vpcID == vpc { return old.securityGroupIDs }
    return world.securityGroups.values.filter { $0.vpcID == vpc }.map(\.id).min().map { [$0] }
  }

  /// What a load comes to: a world, or what it says; places are left out, which differ by design.
  enum Outcome: Equatable {
    case world(Portrait)
    case problems(Set<String>)

    init(_ files: [WorldTextFile], _ overrides: [Override] = []) throws {
      let folder = try Folder(files)
      defer { withExtendedLifetime(folder) {} }
      do throws(LoadFailure) {
        self = .world(Portrait(try WorldFile.load([folder.path], setting: overrides).world))
      } catch {
        self = .problems(Set(error.problems.map(\.message)))
      }
    }
  }

  private static func world(_ files: [WorldTextFile]) throws -> World {
    let folder = try Folder(files)
    return try withExtendedLifetime(folder) { try WorldFile.load([folder.path]).world }
  }

  @Test("An override is an edit by hand", arguments: 0..<UInt64(28))
  func equalsEdit(seed: UInt64) throws {
    let variant = WorldVariant.all[Int(seed) % WorldVariant.all.count]
    let files = makeWorld(seed: 9_000 + seed, variant: variant).files
    let before = try Self.world(files)
    var random = SeededNumbers(seed: seed)
    let all = Self.changes(before)
    #expect(all.count > 100)
    for change in all.shuffled(using: &random).prefix(5) {
      let asked = try Outcome(files, [Override(change.override)])
      let edited = try Outcome(makeFiles(seed: 9_000 + seed, variant: variant, edit: change.edit))
      #expect(asked == edited, "seed \(seed), \(variant): --set \(change.override)")
    }
  }

  @Test("Some overrides change the world and some are refused, so that the comparison means something")
  func bothHappen() throws {
    let files = makeWorld(seed: 9_000, variant: WorldVariant.all[0]).files
    let before = try Outcome(files)
    let outcomes = try Self.changes(Self.world(files)).prefix(40).map { change in
      try Outcome(files, [Override(change.override)])
    }
    #expect(outcomes.contains { if case .problems = $0 { true } else { false } })
    #expect(outcomes.contains { if case .world = $0 { $0 != before } else { false } })
  }
}

/// Everything of a world that can be compared.
struct Portrait: Equatable {
  private let resources: Set<Resource>

  init(_ world: World) { resources = Set(world.resources) }
}
