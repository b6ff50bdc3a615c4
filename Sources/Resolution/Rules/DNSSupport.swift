// Column a11, decision 6: without enableDnsSupport the Amazon server does not answer the VPC's hosts at all.

extension Tables {
  @_noLocks
  borrowing func isSilent(to asker: Asker) -> Bool {
    rules.contains(.dnsSupport) && asker.vpc != none && !vpcs[Int(asker.vpc)].flags.has(.dnsSupport)
  }
}
