// Who asks: from the network a packet arrived in and its source address to a place in the world (world.md 2).
import DNSWire

/// The asker as the tables know it, with the view that follows.
public struct Asker: BitwiseCopyable, Sendable {
  public enum Kind: BitwiseCopyable, Sendable {
    /// Row in `instance`.
    case instance
    /// Some host in the VPC `vpc`.
    case vpcHost
    /// Some unlinked EC2-Classic host.
    case classicHost
    case internet
  }
  /// How it was found, for `whoami.`.
  public enum Reason: BitwiseCopyable, Sendable {
    case requester
    case instanceAddress
    case vpcRange
    case classicRange
    case ambiguous
    case unknown
  }
  public var kind = Kind.internet
  public var reason = Reason.unknown
  public var instance = UInt32.max
  /// The VPC in which it is.
  public var vpc = UInt32.max
  /// The VPC to which it is linked.
  public var linkedVPC = UInt32.max
  public var region: UInt16 = 0
  /// The VPC whose Resolver rules and private zones it has, when it has any.
  public var view = UInt32.max
  /// It asks the resolver of another network (world.md 2.4).
  public var isForeign = false

  @_noLocks init() {}

  var isClassic: Bool {
    @_noLocks get {
      switch kind {
      case .classicHost: true
      case .instance: vpc == none
      default: false
      }
    }
  }

  /// Inside AWS, and with private hostnames: EC2-Classic, or a VPC with both attributes.
  var hasPrivateHostnames: Bool { @_noLocks get { isClassic || view != none } }

  var network: Network {
    @_noLocks get {
      if isClassic { return .classic }
      return vpc == none ? .any : Network(rawValue: vpc)
    }
  }
}

/// An asker as it stands in the tables: what it is, whether a `Requesters` line says so, and its row.
struct AskerCode: BitwiseCopyable {
  enum Tag: UInt32 {
    case instance = 0
    case vpcHost = 1
    case classicHost = 2
    case internet = 3
    case ambiguous = 4
  }
  var rawValue: UInt32

  @_noLocks init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ tag: Tag, index: UInt32 = 0, isRequester: Bool = false) {
    rawValue = tag.rawValue << 29 | (isRequester ? 1 << 28 : 0) | index
  }

  var tag: UInt32 { @_noLocks get { rawValue >> 29 } }
  static var ambiguousTag: UInt32 { @_noLocks get { 4 } }
  var isRequester: Bool { @_noLocks get { rawValue & 1 << 28 != 0 } }
  var index: UInt32 { @_noLocks get { rawValue & ((1 << 28) - 1) } }
}

extension Tables {
  /// The network that a destination address belongs to: EC2-Classic, one VPC, or any.
  @_noLocks
  public borrowing func network(destination: IPAddress) -> Network {
    switch destination {
    case .v4(let address):
      return Network(rawValue: resolverAddresses.find(address.rawValue, in: 0) ?? Network.any.rawValue)
    case .v6:
      // Only the primary IPv4 range has a resolver of its own (semantics 2.1).
      return .any
    }
  }

  @_noLocks
  public borrowing func asker(source: IPAddress, network: Network) -> Asker {
    if let code = code(source, network) {
      var asker = asker(code)
      // A scoped listener belongs to one network: somebody of another one has no business here (semantics 2.1).
      asker.isForeign = isForeign(asker, in: network)
      return asker
    }
    guard network.rawValue != Network.any.rawValue else { return Asker() }
    if let asker = classicResolverAsker(source: source, network: network) { return asker }
    guard let elsewhere = code(source, .any) else { return Asker() }
    var asker = asker(elsewhere)
    asker.isForeign = isForeign(asker, in: network)
    return asker
  }

  @_noLocks
  private borrowing func code(_ source: IPAddress, _ network: Network) -> AskerCode? {
    switch source {
    case .v4(let address):
      if let value = askerAddresses.find(address.rawValue, in: network.rawValue) { return AskerCode(rawValue: value) }
      guard let value = askerRanges4.find(UInt128(address.rawValue), in: network.rawValue) else { return nil }
      return AskerCode(rawValue: value)
    case .v6(let address):
      guard let value = askerRanges6.find(address.rawValue, in: network.rawValue) else { return nil }
      return AskerCode(rawValue: value)
    }
  }

  @_noLocks
  borrowing func asker(_ code: AskerCode) -> Asker {
    var asker = Asker()
    switch code.tag {
    case 0:
      let row = instances[Int(code.index)]
      asker.kind = .instance
      asker.reason = .instanceAddress
      asker.instance = code.index
      asker.region = row.region
      asker.vpc = row.vpc
      if row.vpc == none { asker.linkedVPC = links.find(code.index, in: 0) ?? none }
    case 1:
      asker.kind = .vpcHost
      asker.reason = .vpcRange
      asker.vpc = code.index
      asker.region = vpcs[Int(code.index)].region
    case 2:
      asker.kind = .classicHost
      asker.reason = .classicRange
      asker.region = UInt16(truncatingIfNeeded: code.index)
    case 4:
      asker.reason = .ambiguous
    default:
      break
    }
    if code.isRequester, code.tag != AskerCode.ambiguousTag { asker.reason = .requester }
    asker.view = view(of: asker)
    return asker
  }

  /// The VPC under whose Resolver rules an asker stands: its own, or the one it is linked to.
  @_noLocks
  private borrowing func view(of asker: Asker) -> UInt32 {
    if asker.vpc != none { return vpcs[Int(asker.vpc)].hasBothAttributes ? asker.vpc : none }
    if asker.linkedVPC != none, hasClassicLinkDNS(asker.linkedVPC) { return asker.linkedVPC }
    return none
  }
}
