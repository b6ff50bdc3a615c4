// The names that AWS gives (semantics 2.3), written a second time on purpose: tests and product share no rule.
import TestSupport

/// An address as its octets, four or sixteen.
struct Octets: Hashable, Sendable, CustomStringConvertible {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init(_ number: UInt32) { bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
  var number: UInt32 { bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
  var hyphens: String { bytes.map(String.init).joined(separator: "-") }
  var pointerName: String { bytes.reversed().map { "\($0)." }.joined() + "in-addr.arpa" }
  var description: String {
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2)
      .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
  }
}

extension LoopbackSocket {
  convenience init(source: Octets, port: UInt16, _ transport: Transport) throws(Failed) {
    try self.init(source: source.number, port: port, transport)
  }
}

/// A Region with the spellings that its names need.
struct RegionNames: Sendable {
  let code: String
  /// As ElastiCache abbreviates it.
  let short: String

  var isChina: Bool { code.hasPrefix("cn-") }
  var top: String { isChina ? "amazonaws.com.cn" : "amazonaws.com" }
  var publicSuffix: String { code == "us-east-1" ? "compute-1.amazonaws.com" : "\(code).compute.\(top)" }
  var privateSuffix: String { code == "us-east-1" ? "ec2.internal" : "\(code).compute.internal" }

  func publicHostname(_ address: Octets) -> String { "ec2-\(address.hyphens).\(publicSuffix)" }
  func privateHostname(_ address: Octets) -> String { "ip-\(address.hyphens).\(privateSuffix)" }
  func resourceName(_ instance: String) -> String { "\(instance).\(privateSuffix)" }
  func databaseEndpoint(_ label: String, hash: String) -> String {
    isChina ? "\(label).\(hash).rds.\(code).\(top)" : "\(label).\(hash).\(code).rds.\(top)"
  }
  func redshiftEndpoint(_ label: String, hash: String) -> String { "\(label).\(hash).\(code).redshift.\(top)" }
  func cacheEndpoint(_ label: String, hash: String, part: String) -> String {
    "\(label).\(hash).\(part).\(short).cache.\(top)"
  }
  func loadBalancer(_ label: String) -> String { "\(label).\(code).elb.\(top)" }

  static let pairs = [
    (RegionNames(code: "us-east-1", short: "use1"), RegionNames(code: "eu-west-1", short: "euw1")),
    (RegionNames(code: "eu-west-1", short: "euw1"), RegionNames(code: "us-east-1", short: "use1")),
    (RegionNames(code: "cn-north-1", short: "cnn1"), RegionNames(code: "cn-northwest-1", short: "cnnw1")),
    (RegionNames(code: "us-west-2", short: "usw2"), RegionNames(code: "ap-northeast-1", short: "apne1")),
  ]
}

/// What a name of the table is in one world, and what is true of it.
struct Target: Sendable {
  /// The question name.
  let name: String
  /// The owners of the address records at the end of the chain: one of them.
  var ends: [String] = []
  var privateAddresses: [Octets] = []
  var privateIPv6: [Octets] = []
  /// Empty: public DNS does not know the name.
  var publicAddresses: [Octets] = []
  /// The name that a PTR gives.
  var pointer = ""
  /// One of the addresses is enough; otherwise all must be there.
  var oneIsEnough = false
  var privateTTL: UInt32 = 60
  var publicTTL: UInt32 = 60
}

/// What a reply must be. `nil` as an expectation: no reply at all.
struct Expectation: Equatable, Sendable {
  enum Answer: Equatable, Sendable {
    /// RDATA octets at the end of the chain.
    case addresses(Set<Octets>, oneIsEnough: Bool, owners: [String], ttl: UInt32)
    case pointer(String, ttl: UInt32)
    /// Nothing, and the SOA of the zone that decided (decision 4).
    case nothing(soa: Bool)
  }
  let responseCode: Int
  let answer: Answer

  /// Decisions 2, 4 and 15 in data.
  init?(_ expected: TruthLine.Expected, type: String, of target: Target) {
    func addresses(_ all: [Octets], ttl: UInt32) -> Answer {
      .addresses(
        Set(all), oneIsEnough: target.oneIsEnough, owners: target.ends.isEmpty ? [target.name] : target.ends, ttl: ttl)
    }
    switch expected {
    case .timeout: return nil
    case .privateAddress, .privateZone:
      let all = type == "AAAA" ? target.privateIPv6 : target.privateAddresses
      (responseCode, answer) = (0, addresses(all, ttl: target.privateTTL))
    case .publicAddress: (responseCode, answer) = (0, addresses(target.publicAddresses, ttl: target.publicTTL))
    case .publicDNS where target.publicAddresses.isEmpty: (responseCode, answer) = (5, .nothing(soa: false))
    case .publicDNS: (responseCode, answer) = (0, addresses(target.publicAddresses, ttl: target.publicTTL))
    case .noData: (responseCode, answer) = (0, .nothing(soa: true))
    case .nameError: (responseCode, answer) = (3, .nothing(soa: true))
    case .privatePointer, .publicPointer: (responseCode, answer) = (0, .pointer(target.pointer, ttl: 60))
    }
  }
}
