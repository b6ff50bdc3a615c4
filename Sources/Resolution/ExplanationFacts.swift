// The facts behind a verdict in words, and its place in the truth table (semantics 1.1–1.3).
import DNSWire

/// A private zone that somebody else has.
struct HiddenZone {
  var zone: UInt32
  var vpc: UInt32
}

extension Tables {
  /// Who asks, a phrase each: itself, its place, how its place sees names.
  borrowing func describe(_ asker: Asker) -> [String] {
    let region = asker.kind == .internet ? "" : text(regions[Int(asker.region)].identifier)
    switch asker.kind {
    case .internet:
      switch asker.reason {
      case .ambiguous: return ["the internet, because several networks have this address"]
      default: return ["the internet"]
      }
    case .classicHost: return ["some EC2-Classic host of \(region)", "not linked"]
    case .vpcHost: return ["some host in \(text(vpcs[Int(asker.vpc)].identifier))", region]
    case .instance:
      let id = text(instances[Int(asker.instance)].identifier)
      if asker.vpc != none { return [id, "in \(text(vpcs[Int(asker.vpc)].identifier))", region] }
      guard asker.linkedVPC != none else { return [id, "EC2-Classic \(region)", "not linked"] }
      return [id, "EC2-Classic \(region)", "linked to \(text(vpcs[Int(asker.linkedVPC)].identifier))"]
    }
  }

  /// The column of the truth table: the asker, and what it is to the VPC that the verdict is about.
  borrowing func column(_ asker: Asker, _ verdict: Verdict? = nil, _ hidden: HiddenZone? = nil) -> String {
    if asker.isClassic { return asker.linkedVPC == none ? "a1" : asker.view == none ? "a2" : "a3" }
    guard asker.vpc != none else { return "a10" }
    guard vpcs[Int(asker.vpc)].flags.has(.dnsSupport) else { return "a11" }
    guard asker.view != none else { return "a5" }
    guard let verdict, let vpc = hidden?.vpc ?? subject(of: verdict, asker), vpc != asker.vpc else { return "a4" }
    if peering(from: asker, to: vpc) != nil { return "a8" }
    return peer(from: asker, to: vpc) == nil ? "a6" : "a7"
  }

  /// The VPC that the truth table would call V.
  private borrowing func subject(of verdict: Verdict, _ asker: Asker) -> UInt32? {
    if verdict.vpc != none { return verdict.vpc }
    if verdict.instance != none, let link = links.find(verdict.instance, in: 0) { return link }
    switch verdict.outcome {
    case .address(let address, _), .pointer(let address, _, false):
      guard verdict.rule == .privateHostname || verdict.rule == .privateReverse else { return nil }
      for index in vpcs.indices where vpcs[index].region == asker.region && has(UInt32(index), address.rawValue) {
        return UInt32(index)
      }
      return nil
    default: return nil
    }
  }

  /// The row of the truth table that a name belongs to.
  borrowing func row(_ asker: Asker, _ verdict: Verdict, _ hidden: HiddenZone?) -> String? {
    if verdict.isNoData, verdict.rule.isHostname { return "17" }
    switch verdict.rule {
    case .publicHostname, .ec2Classic, .classicLinkDNS, .sameVPC, .peeringDNS: return hostnameRow(asker, verdict)
    case .privateHostname:
      guard case .address(let address, _) = verdict.outcome else { return "5" }
      guard isRFC1918(address.rawValue) else { return "5b" }
      return isClassicInstance(address) ? "6" : "5"
    case .resourceName: return "7"
    case .databaseEndpoint, .databaseCluster:
      let endpoint = endpointRows[Int(verdict.endpoint)]
      return endpoint.vpc == none ? "10" : endpoint.isPublic ? "8" : "9"
    case .redshiftEndpoint:
      let endpoint = endpointRows[Int(verdict.endpoint)]
      return endpoint.vpc == none ? "10" : endpoint.isPublic ? "11" : "11b"
    case .cacheEndpoint: return endpointRows[Int(verdict.endpoint)].vpc == none ? "10" : "12"
    case .loadBalancerName: return endpointRows[Int(verdict.endpoint)].isPublic ? "13" : "14"
    case .privateHostedZone: return "15"
    case .privateReverse: return "16"
    case .publicReverse: return "16b"
    case .autodefinedDomain:
      switch verdict.shape {
      case .hiddenHostname: return "5"
      case .hiddenHostnameOutside: return "5b"
      case .hiddenResourceName: return "7"
      case .hiddenReverse: return "16"
      default: return hiddenRow(asker, hidden)
      }
    // Public DNS is a cell only where a private zone has the name for others.
    case .publicHostedZone, .publicDNS: return hiddenRow(asker, hidden)
    default: return nil
    }
  }

  private borrowing func hostnameRow(_ asker: Asker, _ verdict: Verdict) -> String? {
    switch verdict.shape {
    case .vpcAddress: return asker.linkedVPC != none && asker.linkedVPC != verdict.vpc ? "4" : "1"
    case .classicService: return "10"
    case .classicInstance:
      // A cell for Classic askers is about their own Region.
      if asker.isClassic, instances[Int(verdict.instance)].region != asker.region { return nil }
      return links.find(verdict.instance, in: 0) == nil ? "3" : "2"
    default: return nil
    }
  }

  private borrowing func hiddenRow(_ asker: Asker, _ hidden: HiddenZone?) -> String? {
    guard let hidden else { return nil }
    return asker.linkedVPC != none && asker.linkedVPC != hidden.vpc ? "15b" : "15"
  }

  /// A private zone that has the name for the askers of another VPC, when public DNS or nobody answered this one.
  borrowing func hiddenZone(_ asker: Asker, _ verdict: Verdict, _ name: Name) -> HiddenZone? {
    switch verdict.rule {
    case .autodefinedDomain, .publicHostedZone, .publicDNS: break
    default: return nil
    }
    guard rules.contains(.privateHostedZone) else { return nil }
    var folded = FoldedName()
    folded.load(name)
    var best: HiddenZone?
    for index in vpcs.indices {
      guard let zone = apexes.findMostSpecific(&folded, labels: vpcs[index].zoneLabels, in: UInt32(index)) else {
        continue
      }
      // The asker's own VPC, or the one that it is linked to, tells most.
      if UInt32(index) == asker.vpc || UInt32(index) == asker.linkedVPC {
        return HiddenZone(zone: zone, vpc: UInt32(index))
      }
      best = best ?? HiddenZone(zone: zone, vpc: UInt32(index))
    }
    return best
  }

  /// What the rule looked at.
  borrowing func facts(_ asker: Asker, _ verdict: Verdict, _ hidden: HiddenZone?) -> [Explanation.Fact] {
    var result: [Explanation.Fact] = []
    var vpcsSeen: [UInt32] = []
    for vpc in [asker.vpc, asker.linkedVPC, verdict.vpc, hidden?.vpc ?? none]
    where vpc != none && !vpcsSeen.contains(vpc) {
      vpcsSeen.append(vpc)
      result.append(fact(ofVPC: vpc))
    }
    // Whom a linked instance asks is EC2-Classic's matter.
    if asker.vpc != none, vpcs[Int(asker.vpc)].dhcpOptions != none {
      let row = vpcs[Int(asker.vpc)]
      result.append(
        fact(
          row.dhcpOptions,
          "hands out \(text(row.nameServers)) as DNS servers: this answer is for who asks Amazon's (semantics 2.4)"))
    }
    if asker.linkedVPC != none {
      result.append(fact(instances[Int(asker.instance)].identifier, "linked to \(id(ofVPC: asker.linkedVPC))"))
    }
    if verdict.instance != none, verdict.instance != asker.instance {
      result.append(fact(ofInstance: verdict.instance))
    }
    if asker.vpc != none, verdict.vpc != none, let peer = peer(from: asker, to: verdict.vpc) {
      let row = peers[Int(peer)]
      result.append(
        fact(
          row.identifier,
          "AllowDnsResolutionFromRemoteVpc \(row.allowsDNS ? "on" : "off") on the side of \(id(ofVPC: row.vpc))"))
    }
    if verdict.zone != none, verdict.rule != .localName { result.append(fact(ofZone: verdict.zone)) }
    if let hidden {
      var fact = fact(ofZone: hidden.zone)
      fact.text += " of \(id(ofVPC: hidden.vpc)), not seen from here"
      result.append(fact)
    }
    if verdict.resolverRule != none {
      let row = ruleRows[Int(verdict.resolverRule)]
      let targets = targetSets[Int(row.targets)].map { "\($0)" }.joined(separator: ", ")
      let words = targets.isEmpty ? "" : ", forwards to \(targets)"
      result.append(fact(row.identifier, "Resolver rule of \(id(ofVPC: verdict.vpc))\(words)"))
    }
    if verdict.endpoint != none { result.append(fact(ofEndpoint: verdict)) }
    return result
  }

  private borrowing func id(ofVPC vpc: UInt32) -> String { text(vpcs[Int(vpc)].identifier) }

  private borrowing func fact(_ subject: UInt32, _ words: String) -> Explanation.Fact {
    Explanation.Fact(subject: text(subject), text: words)
  }

  private borrowing func fact(ofVPC vpc: UInt32) -> Explanation.Fact {
    let row = vpcs[Int(vpc)]
    func state(_ flag: VPCRow.Flags) -> String { row.flags.has(flag) ? "on" : "off" }
    var words = ["EnableDnsSupport \(state(.dnsSupport))", "EnableDnsHostnames \(state(.dnsHostnames))"]
    if row.flags.has(.classicLink) || row.flags.has(.classicLinkDNS) {
      words.append("ClassicLinkEnabled \(state(.classicLink))")
      words.append("ClassicLinkDnsSupported \(state(.classicLinkDNS))")
    }
    return fact(row.identifier, words.joined(separator: ", "))
  }

  private borrowing func fact(ofInstance instance: UInt32) -> Explanation.Fact {
    let row = instances[Int(instance)]
    var words: [String] = []
    if row.vpc != none {
      words.append("in \(id(ofVPC: row.vpc))")
    } else {
      words.append("in EC2-Classic")
      words.append(links.find(instance, in: 0).map { "linked to \(id(ofVPC: $0))" } ?? "not linked")
    }
    if row.address != none { words.append("private address \(IPv4Address(rawValue: row.address))") }
    return fact(row.identifier, words.joined(separator: ", "))
  }

  private borrowing func fact(ofZone zone: UInt32) -> Explanation.Fact {
    let row = zoneRows[Int(zone)]
    let start = Int(row.name)
    let name = Name(wire: data.octets(at: start, count: data.nameSize(at: start))) ?? .root
    return fact(row.identifier, "\(row.isPrivate ? "private" : "public") zone \(name)")
  }

  private borrowing func fact(ofEndpoint verdict: Verdict) -> Explanation.Fact {
    let row = endpointRows[Int(verdict.endpoint)]
    var words = [row.vpc == none ? "on the EC2-Classic platform" : "in \(id(ofVPC: row.vpc))"]
    switch verdict.rule {
    case .databaseEndpoint, .redshiftEndpoint: words.append("PubliclyAccessible \(row.isPublic)")
    case .loadBalancerName: words.append(row.isPublic ? "internet-facing" : "internal")
    default: break
    }
    return fact(row.identifier, words.joined(separator: ", "))
  }
}

extension Tables {
  /// The rule of a verdict, and those that it leans on: a view through a link or a peering, the hostname itself.
  borrowing func rules(behind verdict: Verdict, _ asker: Asker) -> [Rule] {
    var rules = [verdict.rule]
    switch verdict.rule {
    case .ec2Classic, .classicLinkDNS, .sameVPC, .peeringDNS:
      rules.append(.publicHostname)
    case .privateHostname, .resourceName, .privateReverse, .privateHostedZone, .resolverRule:
      if asker.isClassic, asker.view != none { rules.append(.classicLinkDNS) }
      if verdict.peer != none { rules.append(.peeringDNS) }
      // The reverse name stands for the private hostname.
      if verdict.rule == .privateReverse { rules.append(.privateHostname) }
    default: break
    }
    return rules
  }
}

extension Rule {
  /// Rules of `ec2-…` and `ip-…` names.
  fileprivate var isHostname: Bool {
    switch self {
    case .publicHostname, .ec2Classic, .classicLinkDNS, .sameVPC, .peeringDNS, .privateHostname: true
    default: false
    }
  }

  /// What the rule says, in one line.
  public var title: String {
    switch self {
    case .dnsSupport: "without DNS support the resolver does not answer"
    case .foreignResolver: "the resolver of another network cannot be queried"
    case .classicResolver: "172.16.0.23 is the resolver of EC2-Classic"
    case .publicHostname: "a public hostname is the public address"
    case .ec2Classic: "inside EC2-Classic a public hostname is the private address"
    case .classicLinkDNS: "ClassicLink DNS support makes hostnames private, both ways"
    case .sameVPC: "inside a VPC its public hostnames are private addresses"
    case .peeringDNS: "DNS resolution over a peering makes the peer's hostnames private"
    case .privateHostname: "a private hostname is made from its address"
    case .resourceName: "a resource name is known in its own VPC"
    case .databaseEndpoint: "a database endpoint follows its public accessibility"
    case .databaseCluster: "a cluster endpoint names one of its members"
    case .redshiftEndpoint: "a Redshift endpoint follows its public accessibility"
    case .cacheEndpoint: "a cache endpoint is its node's address"
    case .loadBalancerName: "a load balancer has one set of addresses for everybody"
    case .resolverRule: "a Resolver rule sends its domain to another server"
    case .privateHostedZone: "a private hosted zone answers inside its VPCs"
    case .publicHostedZone: "a public hosted zone answers everybody"
    case .privateReverse: "a private address has its private hostname"
    case .publicReverse: "a public address has its public hostname"
    case .autodefinedDomain: "Amazon's own domains end here: what is not in them is not forwarded"
    case .localName: "localhost is the asker itself"
    case .publicDNS: "every other name is another server's"
    }
  }
}
