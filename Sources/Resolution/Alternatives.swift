// What would change an answer: each switch that its rules looked at is thrown in a copy of the world, and the question
// asked again.
import Cloud
import DNSWire

/// One switch thrown, and what the asker would get then.
public struct Alternative: Sendable {
  /// `ClassicLinkDnsSupported off on vpc-1a2b3c4d`
  public var change: String
  public var explanation: Explanation
}

extension Explanation {
  /// Instances of the largest world for which `alternatives` compiles a copy for each switch: above it takes too long.
  public static var alternativesLimit: Int { 50_000 }

  /// The single changes that give the asker another answer.
  /// - Parameter resolver: Address of the resolver that is asked; `nil` for one that serves every network.
  /// - Returns: `nil` when the asker is not in the world, or the world has over `alternativesLimit` instances.
  public static func alternatives(
    in world: World, who: Who, at resolver: IPAddress? = nil, name: Name, type: RecordType
  ) -> [Alternative]? {
    func explain(_ world: World) -> Explanation? {
      let snapshot = Compiler.compile(world, generation: 0)
      let network = resolver.map { snapshot.tables.network(destination: $0) } ?? .any
      guard let asker = snapshot.tables.asker(who, in: network) else { return nil }
      return snapshot.explain(asker, in: network, name: name, type: type)
    }
    guard world.instances.count <= alternativesLimit, let now = explain(world) else { return nil }
    return candidates(in: world, now).compactMap { candidate in
      var changed = world
      // What AWS would refuse is no way to another answer.
      guard (try? changed.apply(candidate.change)) != nil else { return nil }
      guard let then = explain(changed), !then.isSameAnswer(as: now) else { return nil }
      return Alternative(change: candidate.text, explanation: then)
    }
  }

  /// Equal code and equal data, whatever the times to live and the order.
  public func isSameAnswer(as other: Explanation) -> Bool {
    func data(_ one: Explanation) -> Set<[UInt8]> { Set(one.answer.map { $0.owner.lowercased.wire + $0.data }) }
    return code == other.code && data(self) == data(other)
  }

  /// A switch of the world, in words and as a change.
  private typealias Candidate = (text: String, change: Change)

  private static func candidates(in world: World, _ now: Explanation) -> [Candidate] {
    let subjects = Set(now.hops.flatMap(\.facts).map(\.subject)).union(now.subjects)
    func concerned<Item>(_ items: [ID<Item>: Item]) -> [Item] {
      items.filter { subjects.contains($0.key.rawValue) }.sorted { $0.key < $1.key }.map(\.value)
    }
    return concerned(world.vpcs).flatMap(vpcCandidates) + linkCandidates(in: world, now)
      + world.classicLinks.values.filter { subjects.contains($0.instanceID.rawValue) }
      .map { ("\($0.instanceID) not linked to \($0.vpcID)", .detachClassicLink($0.instanceID, $0.vpcID)) }
      + world.peerings.values.filter { peering in
        subjects.contains { $0 == peering.requester.vpcID.rawValue || $0 == peering.accepter.vpcID.rawValue }
      }.sorted { $0.id < $1.id }.flatMap(peeringCandidates)
      + concerned(world.dbInstances).map {
        (
          "PubliclyAccessible \(!$0.publiclyAccessible) on \($0.id)",
          .setDBInstancePubliclyAccessible($0.id, !$0.publiclyAccessible)
        )
      }
      + concerned(world.redshiftClusters).map {
        (
          "PubliclyAccessible \(!$0.publiclyAccessible) on \($0.id)",
          .setRedshiftClusterPubliclyAccessible($0.id, !$0.publiclyAccessible)
        )
      }
  }

  /// Links that an unlinked Classic asker could have: to each VPC that is enabled for it, with a group of that VPC.
  private static func linkCandidates(in world: World, _ now: Explanation) -> [Candidate] {
    guard let asker = now.asker.first.flatMap({ world.instances[ID($0)] }), asker.isClassic,
      world.classicLinks[asker.id] == nil
    else { return [] }
    return world.vpcs.values.filter { $0.classicLinkEnabled && $0.region == asker.region }.sorted { $0.id < $1.id }
      .compactMap { vpc in
        guard let group = world.securityGroups.values.filter({ $0.vpcID == vpc.id }).map(\.id).min() else { return nil }
        let link = ClassicLink(instanceID: asker.id, vpcID: vpc.id, securityGroupIDs: [group])
        return ("\(asker.id) linked to \(vpc.id)", .attachClassicLink(link))
      }
  }

  private static func vpcCandidates(_ vpc: VPC) -> [Candidate] {
    func text(_ attribute: String, _ isOn: Bool) -> String { "\(attribute) \(isOn ? "off" : "on") on \(vpc.id)" }
    return [
      (
        text("ClassicLinkDnsSupported", vpc.classicLinkDnsSupported),
        .setClassicLinkDnsSupport(vpc.id, !vpc.classicLinkDnsSupported)
      ),
      (
        text("EnableDnsHostnames", vpc.enableDnsHostnames),
        .modifyVPCAttribute(vpc.id, .enableDnsHostnames(!vpc.enableDnsHostnames))
      ),
      (
        text("EnableDnsSupport", vpc.enableDnsSupport),
        .modifyVPCAttribute(vpc.id, .enableDnsSupport(!vpc.enableDnsSupport))
      ),
    ]
  }

  private static func peeringCandidates(_ peering: VPCPeeringConnection) -> [Candidate] {
    func flipped(_ side: VPCPeeringConnection.Side) -> VPCPeeringConnection.Options {
      var options = side.options
      options.allowDnsResolutionFromRemoteVpc.toggle()
      return options
    }
    func text(_ side: VPCPeeringConnection.Side) -> String {
      let state = side.options.allowDnsResolutionFromRemoteVpc ? "off" : "on"
      return "AllowDnsResolutionFromRemoteVpc \(state) on \(peering.id), side of \(side.vpcID)"
    }
    return [
      (
        text(peering.requester), .modifyPeeringOptions(peering.id, requester: flipped(peering.requester), accepter: nil)
      ),
      (text(peering.accepter), .modifyPeeringOptions(peering.id, requester: nil, accepter: flipped(peering.accepter))),
    ]
  }

  /// Ids in the description of the asker: they matter also where no name was looked at.
  private var subjects: [String] {
    asker.flatMap { $0.split(separator: " ").map(String.init) }
  }
}
