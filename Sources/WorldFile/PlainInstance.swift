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

  var addresses: [AddressPair] {
    guard has.contains(.privateAddress) else { return [] }
    return [
      AddressPair(
        privateAddress: privateAddress, publicAddress: has.contains(.publicAddress) ? publicAddress : nil)
    ]
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
  }

  /// `nil` unless every member is one of the four and fine.
  /// - Parameter vpcNumber: of the VPC with the id.
  init?(_ scanner: borrowing JSONScanner, id: inout ID<Item>?, vpcNumber: (ID<VPC>) -> Int32) {
    guard scanner.tokens[0].kind == .mapping else { return nil }
    vpc = 0
    privateAddress = IPv4Address(rawValue: 0)
    publicAddress = privateAddress
    has = []
    var index = 1
    while index < scanner.tokens.count {
      // A member of a member, another type or an escape: not plain. So each token is a member.
      // No two of the names are equally long.
      let member: Members
      switch scanner.tokens[index].name.count {
      case 10: member = .id
      case 5: member = .vpc
      case 16: member = .privateAddress
      case 15: member = .publicAddress
      default: return nil
      }
      guard scanner.isNamed(member.name, index) else { return nil }
      switch member {
      case .id:
        id = scanner.readText(index) { $0.isEmpty ? nil : ID(validating: $0) }
        guard id != nil else { return nil }
      case .vpc:
        guard let vpcID: ID<VPC> = scanner.readText(index, { $0.isEmpty ? nil : ID(validating: $0) }) else {
          return nil
        }
        vpc = vpcNumber(vpcID)
      case .privateAddress:
        guard let address = scanner.readText(index, { IPv4Address($0) }) else { return nil }
        privateAddress = address
      default:
        guard let address = scanner.readText(index, { IPv4Address($0) }) else { return nil }
        publicAddress = address
      }
      guard !has.contains(member) else { return nil }
      has.insert(member)
      index += 1
    }
    // A public address needs a private one: that is for the general way to report.
    guard has.contains(.id), has.contains(.privateAddress) || !has.contains(.publicAddress) else { return nil }
  }
}
