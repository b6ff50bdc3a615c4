// S28, S30; rows 8, 11 (a2): without DNS support a linked instance gets the public address of a public database.
import Cloud
import DNSWire

extension World {
  func publicPathsOfLinks() -> [Finding] {
    let linked = linkedInstances()
    func finding(
      _ item: Finding.Item, _ endpoint: Name?, _ vpcID: ID<VPC>?, _ privateAddress: IPv4Address?
    ) -> Finding? {
      guard let vpc = vpcID.flatMap({ vpcs[$0] }), !vpc.hasClassicLinkDNS, let endpoint,
        let instances = linked[vpc.id]
      else { return nil }
      let another = privateAddress.map { ", or use its private IP address \($0)" } ?? ""
      return Finding(
        .publicPathOfLink, item,
        "\(item.kind) \(item.id) is publicly accessible, and linked \(list(instances)) "
          + (instances.count == 1 ? "reaches" : "reach")
          + " \(endpoint) by its public address: ClassicLink DNS support of \(vpc.id) is "
          + (vpc.classicLinkDnsSupported ? "idle" : "off"),
        mend: (vpc.classicLinkDnsSupported
          ? "turn on \(list(vpc.missingAttributes)) of \(vpc.id)" : "turn on ClassicLink DNS support of \(vpc.id)")
          + another)
    }
    let databases = dbInstances.values.filter(\.publiclyAccessible).sorted { $0.id < $1.id }
    let clusters = redshiftClusters.values.filter(\.publiclyAccessible).sorted { $0.id < $1.id }
    return databases.compactMap {
      finding(.dbInstance($0.id), $0.endpoint, $0.vpcID, addresses(of: $0).privateAddress)
    }
      + clusters.compactMap { finding(.redshiftCluster($0.id), $0.endpoint, $0.vpcID, $0.privateIPAddress) }
  }
}
