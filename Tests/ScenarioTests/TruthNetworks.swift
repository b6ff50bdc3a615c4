// The networks of a generated world: V, the VPCs around it, EC2-Classic, and everybody who asks.

extension WorldBuilder {
  mutating func addNetworks() {
    // V must be 10.0.0.0/16, 10.1.0.0/16, or outside 10/8 (S44, S58). So must V2.
    let own = UInt32(pick(17...23)) << 16
    let candidates = [
      Range4(Octets([10, 0, 0, 0]).number, 16), Range4(Octets([10, 1, 0, 0]).number, 16),
      Range4(Octets([172, 0, 0, 0]).number + own, 16),
      Range4(Octets([192, 168, UInt8(pick(0...15)) * 16, 0]).number, 20),
    ]
    let choice = candidates.shuffled(using: &random)
    vRange = choice[0]
    v = id("vpc")
    group = addGroup(of: v)
    addV()
    addInstancesOfV()
    addClassic(secondVPCRange: choice[1])
    addStrangers()
    addPeers()
    addInternetDoor()
  }

  mutating func addGroup(of vpc: String) -> String {
    let group = id("sg")
    text.add(
      "SecurityGroups", region: home.code,
      ["GroupId": .text(group), "GroupName": .text(label("g-")), "VpcId": .text(vpc), "Description": .text("any")])
    return group
  }

  /// V in one item or in the three that three describe calls print.
  mutating func addV() {
    outsideRange = Range4(Octets([100, UInt8(pick(64...127)), 0, 0]).number, 16)
    let base: [(String, Value)] = [
      ("VpcId", .text(v)), ("CidrBlock", .text(vRange.text)),
      (
        "CidrBlockAssociationSet",
        .list(
          [vRange, outsideRange].map {
            .object(["CidrBlock": .text($0.text), "CidrBlockState": .object(["State": .text("associated")])])
          })
      ),
      ("Ipv6CidrBlockAssociationSet", .list([.object(["Ipv6CidrBlock": .text("2001:db8:100::/56")])])),
      ("EnableDnsSupport", flag(variant.support)), ("EnableDnsHostnames", flag(variant.hostnames)),
    ]
    let enabled: (String, Value) = ("ClassicLinkEnabled", .flag(true))
    let dns: (String, Value) = ("ClassicLinkDnsSupported", .flag(variant.classicLinkDNS))
    if coin() {
      text.add("Vpcs", region: home.code, members: base + [enabled, dns])
    } else {
      text.add("Vpcs", region: home.code, members: base)
      text.add("Vpcs", region: home.code, members: [("VpcId", .text(v)), enabled])
      text.add("Vpcs", region: home.code, members: [("VpcId", .text(v)), dns])
    }
  }

  /// An attribute as a plain flag or in AWS's own form.
  mutating func flag(_ value: Bool) -> Value { coin() ? .flag(value) : .object(["Value": .flag(value)]) }

  mutating func addVPC(range: Range4, region: RegionNames, classicLink: Bool = false) -> String {
    let vpc = id("vpc")
    var members: [(String, Value)] = [
      ("VpcId", .text(vpc)), ("CidrBlock", .text(range.text)), ("EnableDnsHostnames", flag(true)),
    ]
    if coin() { members.append(("EnableDnsSupport", flag(true))) }
    if classicLink { members.append(("ClassicLinkEnabled", .flag(true))) }
    text.add("Vpcs", region: region.code, members: members)
    return vpc
  }

  mutating func addInstancesOfV() {
    let (_, inside, outside) = addHost("i-public", vpc: v, range: vRange, region: home)
    targets["i-ip"] = Target(name: home.privateHostname(inside), privateAddresses: [inside])
    targets["ptr-i-private"] = Target(name: inside.pointerName, pointer: home.privateHostname(inside))
    targets["ptr-i-public"] = Target(name: outside.pointerName, pointer: home.publicHostname(outside))

    let far = address(in: outsideRange)
    addInstance(vpc: v, private: far, public: nil, region: home)
    targets["outside-ip"] = Target(name: home.privateHostname(far), privateAddresses: [far])

    let keys = ["a4", "a5", "a11"]
    if coin() {
      let inside = address(in: vRange)
      let instance = addInstance(vpc: v, private: inside, public: nil, region: home)
      addDoor(keys, instance: instance, address: inside, network: v)
    } else {
      addDoor(keys, vpc: v, range: vRange)
    }

    for (key, a, aaaa) in [
      ("resource-a", true, false), ("resource-aaaa", false, true), ("resource-both", true, true),
      ("resource-none", false, false),
    ] {
      let (inside, slice) = addressInSubnet()
      let six = Octets([0x20, 0x01, 0x0d, 0xb8, 0x01, 0, 0, 0] + (0..<8).map { _ in UInt8(pick(1...255)) })
      let options = Value.object([
        "HostnameType": .text("resource-name"), "EnableResourceNameDnsARecord": .flag(a),
        "EnableResourceNameDnsAAAARecord": .flag(aaaa),
      ])
      var more: [(String, Value)] = [("Ipv6Address", .text("\(six)"))]
      if coin() {
        more.append(("PrivateDnsNameOptions", options))
      } else if key != "resource-none" || coin() {
        let subnet = id("subnet")
        text.add(
          "Subnets", region: home.code,
          [
            "SubnetId": .text(subnet), "VpcId": .text(v), "CidrBlock": .text("\(slice)/28"),
            "PrivateDnsNameOptionsOnLaunch": options,
          ])
        more.append(("SubnetId", .text(subnet)))
      }
      let instance = addInstance(vpc: v, private: inside, public: nil, region: home, more: more)
      targets[key] = Target(
        name: home.resourceName(instance), privateAddresses: [inside], privateIPv6: [six])
    }
  }

  /// An address of V with the /28 around it, which no other subnet overlaps.
  private mutating func addressInSubnet() -> (address: Octets, slice: Octets) {
    while true {
      let inside = address(in: vRange)
      let slice = Octets(inside.number & ~15)
      if (4...14).contains(inside.number & 15), usedSlices.insert(slice).inserted { return (inside, slice) }
    }
  }

  mutating func addClassic(secondVPCRange: Range4) {
    // Not linked: one that asks, one that is asked for.
    let asking = classicAddress()
    if coin() {
      let instance = addInstance(vpc: nil, private: asking, public: publicAddress(), region: home)
      addDoor(["a1"], instance: instance, address: asking, network: "classic")
    } else {
      let source = sourceAddress()
      text.add("Requesters", region: home.code, ["SourceAddress": .text("\(source)"), "Network": .text("classic")])
      doors["a1"] = TruthWorld.Door(source: source, native: (asking, "classic"))
    }
    let (_, inside, _) = addHost("unlinked-public", vpc: nil, range: nil, region: home)
    targets["classic-ip"] = Target(name: home.privateHostname(inside), privateAddresses: [inside])

    // Linked to V: again one that asks (unless this world unlinked it) and one that is asked for.
    let (asker, address, _) = addHost("asker", vpc: nil, range: nil, region: home)
    addDoor(["a2", "a3"], instance: asker, address: address, network: "classic")
    if variant.linked { link(asker, to: v, group: group) }
    let (target, _, _) = addHost("linked-public", vpc: nil, range: nil, region: home)
    link(target, to: v, group: group)

    // Linked to another VPC, which for V is as good as not linked (R4).
    let second = addVPC(range: secondVPCRange, region: home, classicLink: true)
    let secondGroup = addGroup(of: second)
    let (elsewhere, _, _) = addHost("elsewhere-public", vpc: nil, range: nil, region: home)
    link(elsewhere, to: second, group: secondGroup)
  }

  /// VPCs that have nothing to do with V, here and in another Region. They may have V's own range.
  mutating func addStrangers() {
    for (key, region) in [("a6", home), ("a6-other", other)] {
      let range = coin() ? vRange : Range4(Octets([10, UInt8(pick(200...254)), 0, 0]).number, 16)
      let vpc = addVPC(range: range, region: region)
      addDoor([key], vpc: vpc, range: range)
      // With V's range, one of them even has the address of I.
      let inside = range.first == vRange.first ? targets["i-ip"]?.privateAddresses.first : nil
      addInstance(vpc: vpc, private: inside ?? address(in: range), public: publicAddress(), region: region)
    }
  }

  /// The peers of V; ranges of peers never overlap.
  mutating func addPeers() {
    let both = variant.hostnames && variant.support
    let slots = Array(24...31).shuffled(using: &random)
    let kinds: [(key: String, region: RegionNames, vSide: Bool, peerSide: Bool, traffic: Bool)] = [
      ("a7", home, false, true, false), ("a7-other", other, false, true, false),
      ("a8", home, true, true, false), ("a8-other", other, true, true, false), ("a9", home, false, false, true),
    ]
    for (slot, kind) in zip(slots, kinds) {
      let range = Range4(Octets([172, UInt8(slot), 0, 0]).number, [16, 20, 24][pick(0...2)])
      let vpc = addVPC(range: range, region: kind.region)
      peers.append(vpc)
      if kind.region.code != home.code { remote.insert(vpc) }
      let (instance, inside, _) = addHost("p-public/\(kind.key)", vpc: vpc, range: range, region: kind.region)
      if coin() {
        addDoor([kind.key], instance: instance, address: inside, network: vpc)
      } else {
        addDoor([kind.key], vpc: vpc, range: range)
      }
      // P's side keeps its option when V loses an attribute: row 4 asks what a5 sees then.
      let egress = kind.traffic ? "AllowEgressFromLocal" : nil
      let sides = [
        side(v, home, dns: kind.vSide && both, traffic: egress.map { $0 + "ClassicLinkToRemoteVpc" }),
        side(vpc, kind.region, dns: kind.peerSide, traffic: egress.map { $0 + "VpcToRemoteClassicLink" }),
      ].shuffled(using: &random)
      text.add(
        "VpcPeeringConnections", region: home.code,
        [
          "VpcPeeringConnectionId": .text(id("pcx")), "Status": .object(["Code": .text("active")]),
          "RequesterVpcInfo": sides[0], "AccepterVpcInfo": sides[1],
        ])
    }
    // For those who are not in P: an instance of a P whose side has the option.
    targets["p-public"] = targets[coin() ? "p-public/a7" : "p-public/a8"]
  }

  private mutating func side(_ vpc: String, _ region: RegionNames, dns: Bool, traffic: String?) -> Value {
    var options: [(String, Value)] = []
    if dns || coin() { options.append(("AllowDnsResolutionFromRemoteVpc", .flag(dns))) }
    if let traffic { options.append((traffic, .flag(true))) }
    return .object([
      ("VpcId", .text(vpc)), ("Region", .text(region.code)), ("OwnerId", .text("123456789012")),
      ("PeeringOptions", .object(options)),
    ])
  }
}
