// Semantics 2.2, decision 6: DNS hostnames need DNS resolution; without it the VPC's resolver does not answer at all.
import Cloud

extension World {
  func hostnamesWithoutSupport() -> [Finding] {
    vpcs { $0.enableDnsHostnames && !$0.enableDnsSupport }.map { vpc in
      Finding(
        .hostnamesWithoutSupport, .vpc(vpc.id),
        "\(vpc.id) has EnableDnsHostnames on and EnableDnsSupport off: no question from it is answered",
        mend: "turn on EnableDnsSupport of \(vpc.id), or turn off EnableDnsHostnames too")
    }
  }
}
