// S64, S65, decision 11: 172.16.0.23 is EC2-Classic's resolver; a linked instance reaches no other server there.
import Cloud
import DNSWire

extension World {
  func classicResolverAddresses() -> [Finding] {
    let resolver = ResolverAddress.classic
    let linked = linkedInstances()
    return vpcs { $0.cidrBlocks.contains { $0.contains(resolver) } }.compactMap { vpc in
      guard let range = vpc.cidrBlocks.first(where: { $0.contains(resolver) }) else { return nil }
      let options = vpc.dhcpOptionsID.flatMap { dhcpOptions[$0] }
      if let options, options.customDomainNameServers.contains(.v4(resolver)) {
        return Finding(
          .classicResolverAddress, .vpc(vpc.id),
          "\(options.id) of \(vpc.id) (\(range)) names a DNS server at \(resolver), which is EC2-Classic's "
            + "resolver; \(losers(vpc, linked[vpc.id] ?? [])) cannot reach it",
          mend: "run the DNS server on another address of \(vpc.id), and name that one in its DHCP options")  // S65
      }
      // Nobody says that there is a server, but one there would not be reached.
      guard vpc.classicLinkEnabled else { return nil }
      return Finding(
        .classicResolverAddress, .vpc(vpc.id),
        "\(vpc.id) (\(range)) is enabled for ClassicLink and holds \(resolver), which is EC2-Classic's "
          + "resolver; \(losers(vpc, linked[vpc.id] ?? [])) cannot reach a DNS server of the VPC there",
        mend: "keep \(resolver) free of DNS servers in \(vpc.id)")
    }
  }

  private func losers(_ vpc: VPC, _ linked: [ID<Instance>]) -> String {
    if !linked.isEmpty { return "linked \(list(linked))" }
    return vpc.classicLinkEnabled ? "an instance that is linked" : "an instance that is linked one day"
  }
}
