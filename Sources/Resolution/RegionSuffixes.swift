// Semantics 2.3: how the Amazon host names of a Region end.
import Cloud
import DNSWire

/// The domains of a Region's host names.
struct RegionSuffixes {
  /// `compute-1.amazonaws.com.`, `eu-west-1.compute.amazonaws.com.`, `cn-north-1.compute.amazonaws.com.cn.`
  let publicDomain: Name
  /// `ec2.internal.`, `eu-west-1.compute.internal.`
  let privateDomain: Name

  init(_ region: Region) {
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

  func publicHostname(_ address: IPv4Address) -> Name {
    hostname("ec2-", address, publicDomain)
  }

  func privateHostname(_ address: IPv4Address) -> Name {
    hostname("ip-", address, privateDomain)
  }

  private func hostname(_ prefix: String, _ address: IPv4Address, _ domain: Name) -> Name {
    let octets = (0..<4).map { String(address.octet($0)) }
    return child(prefix + octets.joined(separator: "-"), of: domain)
  }
}

/// A name from labels of the program, or from a Region's code, which is a label.
func name(_ labels: [String]) -> Name {
  Name(labels: labels.map { Array($0.utf8) }) ?? .root
}

/// `label` in front of a domain of the program.
func child(_ label: String, of domain: Name) -> Name {
  domain.prepending(name([label])) ?? domain
}
