// An instance of which a file says four things that every generated world says, and no more: its id, its VPC, its
// addresses. It is decoded while the file is surveyed, and not read a second time unless another part or an override of
// it turns up. In a world of a million instances that is most of the time that the reading takes.
import Cloud
import DNSWire

struct PlainInstance: BitwiseCopyable, Sendable {
  /// Index into the catalog's list: instances of one VPC stand together.
  private var vpc: Int32
  private var privateAddress: IPv4Address
  private var publicAddress: IPv4Address
  private var has: Members

  /// The VPC by its number; `nil` in EC2-Classic.
  var vpcNumber: Int? { has.contains(.vpc) ? Int(vpc) : nil }

  var addresses: AddressPairs {
    guard has.contains(.privateAddress) else { return [] }
    return AddressPairs(
      AddressPair(
        privateAddress: privateAddress, publicAddress: has.contains(.publicAddress) ? publicAddress : nil))
  }

  private struct Members: OptionSet, BitwiseCopyable, Sendable {
    let rawValue: UInt8
    static let id = Members(rawValue: 1)
    static let vpc = Members(rawValue: 2)
    static let privateAddress = Members(rawValue: 4)
    static let publicAddress = Members(rawValue: 8)

    var name: String {
      switch self {
      case .id: "InstanceId"
      case .vpc: "VpcId"
      case .privateAddress: "PrivateIpAddress"
      default: "PublicIpAddress"
      }
    }

    /// By the length of a name: no two are equally long.
    init?(nameOctets count: Int) {
      switch count {
      case 10: self = .id
      case 5: self = .vpc
      case 16: self = .privateAddress
      case 15: self = .publicAddress
      default: return nil
      }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }
  }

  private init() {
    vpc = 0
    privateAddress = IPv4Address(rawValue: 0)
    publicAddress = privateAddress
    has = []
  }

  /// Reads the value that follows, or nothing: `nil` unless it is a mapping of which every member is one of the four
  /// and fine.
  /// - Parameter vpcNumber: of the VPC with the id.
  static func read(
    _ scanner: inout JSONScanner, _ vpcNumber: (ID<VPC>) -> Int32
  ) -> (id: ID<Item>, PlainInstance)? {
    let start = scanner.index
    var plain = PlainInstance()
    if let id = plain.read(&scanner, vpcNumber) { return (id, plain) }
    scanner.goBack(to: start)
    return nil
  }

  private mutating func read(_ scanner: inout JSONScanner, _ vpcNumber: (ID<VPC>) -> Int32) -> ID<Item>? {
    var id: ID<Item>?
    guard scanner.skip("{") else { return nil }
    repeat {
      guard let name = scanner.plainString(), let member = Members(nameOctets: name.count),
        scanner.stands(member.name, at: name), has.insert(member).inserted,
        scanner.skip(":"), let value = scanner.plainString(), value.count > 0
      else { return nil }
      switch member {
      case .id: id = ID(validating: scanner.octets(at: value))
      case .vpc:
        guard let vpcID = ID<VPC>(validating: scanner.octets(at: value)) else { return nil }
        vpc = vpcNumber(vpcID)
      case .privateAddress:
        guard let address = IPv4Address(scanner.octets(at: value)) else { return nil }
        privateAddress = address
      default:
        guard let address = IPv4Address(scanner.octets(at: value)) else { return nil }
        publicAddress = address
      }
    } while scanner.skip(",")
    // A public address needs a private one: that is for the general way to report.
    guard scanner.skip("}"), has.contains(.privateAddress) || !has.contains(.publicAddress) else { return nil }
    return id
  }
}
