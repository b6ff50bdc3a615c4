// Semantics 2.3: how the Amazon host names of a Region end.
import DNSWire

/// The domains of a Region's host names.
public struct RegionSuffixes: Sendable {
  /// `compute-1.amazonaws.com.`, `eu-west-1.compute.amazonaws.com.`, `cn-north-1.compute.amazonaws.com.cn.`
  public let publicDomain: Name
  /// `ec2.internal.`, `eu-west-1.compute.internal.`
  public let privateDomain: Name

  public init(_ region: Region) {
    let isChina = region.code.hasPrefix("cn-")
    let amazon = ["amazonaws", "com"] + (isChina ? ["cn"] : [])
    if region == .usEast1 {
      publicDomain = name(["compute-1"] + amazon)
      privateDomain = name(["ec2", "internal"])
    } else {
      publicDomain = name([region.code, "compute"] + amazon)
      privateDomain = name([region.code, "compute", "internal"])
    }
  }

  public func publicHostname(_ address: IPv4Address) -> Name {
    hostname("ec2-", address, publicDomain)
  }

  public func privateHostname(_ address: IPv4Address) -> Name {
    hostname("ip-", address, privateDomain)
  }

  private func hostname(_ prefix: String, _ address: IPv4Address, _ domain: Name) -> Name {
    let octets = (0..<4).map { String(address.octet($0)) }
    let label = name([prefix + octets.joined(separator: "-")])
    return domain.prepending(label) ?? domain
  }
}

/// A name from labels of the program and a Region's code. A world has no Region that is no label (`Region.isLabel`);
/// what is asked about one is nobody's (RFC 6761 6.4).
private func name(_ labels: [String]) -> Name {
  Name(labels: labels.map { Array($0.utf8) }) ?? nobodys
}

private let nobodys = name(["invalid"])
