// S75: ClassicLink DNS support does nothing until both attributes are on and the VPC is enabled for ClassicLink.
import Cloud

extension World {
  func idleClassicLinkDNS() -> [Finding] {
    vpcs { $0.classicLinkDnsSupported && !$0.hasClassicLinkDNS }.map { vpc in
      let missing = vpc.missingAttributes
      var reasons = missing.map { "\($0) is off" }
      var mends = missing.isEmpty ? [] : ["turn on \(list(missing)) of \(vpc.id)"]
      if !vpc.classicLinkEnabled {
        reasons.append("the VPC is not enabled for ClassicLink")
        mends.append("enable \(vpc.id) for ClassicLink")
      }
      return Finding(
        .idleClassicLinkDNS, .vpc(vpc.id),
        "ClassicLink DNS support of \(vpc.id) has no effect: \(list(reasons))",
        mend: list(mends))
    }
  }
}
