// Why a hop was decided as it was, in a few words. The packet, the command and the log all read this one value.
import DNSWire

/// A source, the id that it is about, and a text: `S74 vpc-1a2b3c4d DNS support on: private`.
struct Reason: BitwiseCopyable {
  var citation: Citation
  /// Offset of an id in `identifiers`, `none` for none.
  var subject: UInt32
  var words: Phrase

  @_noLocks
  init(_ citation: Citation, _ subject: UInt32, _ words: Phrase) {
    self.citation = citation
    self.subject = subject
    self.words = words
  }

  @_noLocks
  init(_ citation: Citation, _ words: Phrase) {
    self.init(citation, UInt32.max, words)
  }
}

/// What a reason cites: a requirement (S-number), a row of the truth table (semantics 1.2, 1.3) or a decision (section
/// 8).
enum Citation: UInt8, CaseIterable {
  case s17, s18, s28, s29, s30, s74, s75, s76, s136
  case row1, row2, row3, row4, row5, row5b, row6, row7, row8, row9, row10, row11, row11b, row12, row13, row14
  case row15, row16, row16b, row17
  case semantics21, semantics26, semantics34
  case decision6, decision15, decision16, decision22

  var text: String {
    switch self {
    case .s17: "S17"
    case .s18: "S18"
    case .s28: "S28"
    case .s29: "S29"
    case .s30: "S30"
    case .s74: "S74"
    case .s75: "S75"
    case .s76: "S76"
    case .s136: "S136"
    case .row1: "row 1"
    case .row2: "row 2"
    case .row3: "row 3"
    case .row4: "row 4"
    case .row5: "row 5"
    case .row5b: "row 5b"
    case .row6: "row 6"
    case .row7: "row 7"
    case .row8: "row 8"
    case .row9: "row 9"
    case .row10: "row 10"
    case .row11: "row 11"
    case .row11b: "row 11b"
    case .row12: "row 12"
    case .row13: "row 13"
    case .row14: "row 14"
    case .row15: "row 15"
    case .row16: "row 16"
    case .row16b: "row 16b"
    case .row17: "row 17"
    case .semantics21: "semantics 2.1"
    case .semantics26: "semantics 2.6"
    case .semantics34: "semantics 3.4"
    case .decision6: "decision 6"
    case .decision15: "decision 15"
    case .decision16: "decision 16"
    case .decision22: "decision 22"
    }
  }

  var index: Int { @_noLocks get { Int(rawValue) } }
}

extension Tables {
  /// The reason of a verdict; each rule's file words its own.
  @_noLocks
  borrowing func reason(_ asker: Asker, _ verdict: Verdict) -> Reason {
    switch verdict.rule {
    case .publicHostname: publicHostnameReason(asker, verdict)
    case .ec2Classic: ec2ClassicReason(verdict)
    case .classicLinkDNS: classicLinkDNSReason(asker, verdict)
    case .sameVPC: sameVPCReason(verdict)
    case .peeringDNS: peeringDNSReason(asker, verdict)
    case .privateHostname: privateHostnameReason(asker, verdict)
    case .resourceName: resourceNameReason(verdict)
    case .databaseEndpoint: databaseEndpointReason(verdict)
    case .databaseCluster: databaseClusterReason(verdict)
    case .redshiftEndpoint: redshiftEndpointReason(verdict)
    case .cacheEndpoint: cacheEndpointReason(verdict)
    case .loadBalancerName: loadBalancerNameReason(verdict)
    case .resolverRule: resolverRuleReason(verdict)
    case .privateHostedZone: privateHostedZoneReason(asker, verdict)
    case .publicHostedZone: publicHostedZoneReason(verdict)
    case .privateReverse: privateReverseReason(verdict)
    case .publicReverse: publicReverseReason(verdict)
    case .localName: Reason(.semantics34, .localName)
    case .autodefinedDomain: autodefinedDomainReason(verdict)
    case .publicDNS: Reason(.decision15, .anotherServers)
    // These three decide before any name is looked at, and word it themselves.
    case .dnsSupport: Reason(.decision6, vpcIdentifier(asker.vpc), .supportOffSilence)
    case .foreignResolver, .classicResolver: Reason(.semantics21, askerIdentifier(asker), .asksAnotherNetwork)
    }
  }

  /// What a zone says of a name; `found` when it has what was asked.
  @_noLocks
  borrowing func zoneWords(_ verdict: Verdict, found: Phrase) -> Phrase {
    switch verdict.outcome {
    case .nxDomain: .zoneHasNoName
    case .noData: .zoneHasNoType
    case .canonicalName: .zoneNamesAnother
    case .delegationName: .zoneRenames
    case .alias: .zoneAlias
    case .elsewhere: .zoneDelegates
    default: found
    }
  }

  @_noLocks
  private borrowing func askerIdentifier(_ asker: Asker) -> UInt32 {
    asker.instance == none ? vpcIdentifier(asker.vpc) : instances[Int(asker.instance)].identifier
  }

  @_noLocks
  borrowing func vpcIdentifier(_ vpc: UInt32) -> UInt32 {
    vpc == none ? none : vpcs[Int(vpc)].identifier
  }
}

extension Verdict {
  var isNoData: Bool {
    @_noLocks get { if case .noData = outcome { true } else { false } }
  }
}
