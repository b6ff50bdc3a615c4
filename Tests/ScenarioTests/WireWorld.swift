// A public zone with a record set for each limit of a message, and a private one, for the tests of wire manners.
import TestSupport

enum WireWorld {
  /// Header, question `xxxx.wire.test`, and what is left for a TXT record set that fills a message to the octet.
  private static let head = 12 + 16 + 4
  /// Owner as a pointer, type, class, TTL, length, and a string of 255 octets with its own length.
  private static let fullRecord = 12 + 256

  /// Strings of a TXT record set whose answer, without EDNS, has `octets` octets.
  private static func strings(fillingTo octets: Int) -> [String] {
    var left = octets - head
    var result: [String] = []
    while left > 0 {
      // The last two share what is left, so that none is too short for its number.
      let size = left <= fullRecord ? left : left < 2 * fullRecord ? left / 2 : fullRecord
      let number = "\(result.count) "
      result.append(number + String(repeating: "x", count: size - 13 - number.utf8.count))
      left -= size
    }
    return result
  }

  /// The octets of the answer to each name's TXT question without EDNS.
  static let sizes: [(name: String, octets: Int)] = [
    ("s512", 512), ("s513", 513), ("s800", 800), ("s2k0", 2000), ("s4k0", 4096), ("s9k0", 9000), ("edge", 65_535),
    ("over", 65_536), ("huge", 90_000),
  ]

  static let files = [
    WorldTextFile(name: "world.yaml", text: world),
    WorldTextFile(name: "wire.test.zone", text: zone),
  ]

  private static let zone: String = {
    let texts = sizes.flatMap { size in strings(fillingTo: size.octets).map { "\(size.name) IN TXT \"\($0)\"" } }
    return """
      $ORIGIN wire.test.
      $TTL 60
      @ IN SOA ns1 hostmaster 1 7200 900 1209600 60
      @ IN NS ns1
      @ IN NS ns2.sub
      @ IN MX 10 mail
      @ IN MX 20 mail.sub
      @ IN MX 30 mail.elsewhere.test.
      @ IN MX 40 same.same.same.
      one IN CNAME two.sub
      two.sub IN CNAME Three.Sub
      three.sub IN CNAME four.deep.sub
      four.deep.sub IN A 192.0.2.4
      four.deep.sub IN A 192.0.2.5
      old IN DNAME sub
      service IN SRV 0 10 6001 four.deep.sub

      """ + texts.joined(separator: "\n") + "\n"
  }()

  private static let world = """
    Region: us-east-1
    Vpcs:
      - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
      - {VpcId: vpc-00000000, CidrBlock: 10.1.0.0/16, EnableDnsSupport: false}
    Instances:
      - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
    HostedZones:
      - {Id: /hostedzone/ZWIRE, Name: wire.test., Config: {PrivateZone: false}, ZoneFile: wire.test.zone}
    Requesters:
      - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
      - {SourceAddress: 127.0.1.19, VpcId: vpc-00000000}
    """
}
