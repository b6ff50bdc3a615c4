// Where a question comes from, in AWS's words: for logs, never on the path of a packet.

/// An asker with its ids.
public struct Origin: Sendable, Equatable {
  /// `instance`, `vpc`, `classic` or `internet`.
  public var kind: String
  /// Column of the truth table when no name is looked at, such as `a3`.
  public var column: String
  /// `nil` for the internet.
  public var region: String?
  /// The VPC whose log it is in: the asker's own, or the one that it is linked to with DNS support (semantics 3.5).
  public var vpcID: String?
  /// Owner of that VPC.
  public var accountID: String?
  public var instanceID: String?
  /// The VPC that it is linked to, with DNS support or without.
  public var linkedVPCID: String?
}

extension Tables {
  /// What is known of an asker.
  public borrowing func origin(of asker: Asker) -> Origin {
    var origin = Origin(kind: "internet", column: column(asker))
    switch asker.kind {
    case .internet: return origin
    case .instance:
      origin.kind = "instance"
      origin.instanceID = text(instances[Int(asker.instance)].identifier)
    case .vpcHost: origin.kind = "vpc"
    case .classicHost: origin.kind = "classic"
    }
    origin.region = text(regions[Int(asker.region)].identifier)
    let vpc = asker.isClassic ? asker.view : asker.vpc
    if vpc != none {
      origin.vpcID = text(vpcs[Int(vpc)].identifier)
      origin.accountID = text(vpcs[Int(vpc)].owner)
    }
    if asker.linkedVPC != none { origin.linkedVPCID = text(vpcs[Int(asker.linkedVPC)].identifier) }
    return origin
  }
}
