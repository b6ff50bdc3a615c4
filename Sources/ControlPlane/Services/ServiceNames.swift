// Names that services give what they make: endpoints (semantics 2.3) and ARNs.
import Cloud
import DNSWire

/// The account and Region in which a service makes something.
struct ServiceNames: Sendable {
  var account: String
  var region: Region

  /// The part of an endpoint that stands for the account in its Region: always the same one, as with AWS, where a
  /// database that is made again has its old name.
  /// - Parameter length: at most 12.
  func token(_ service: String, _ length: Int) -> String {
    // As many digits of base 36 as are asked for.
    var hash = hash([service, account, region.code])
    hash ^= hash >> 32
    var text = "c"
    while text.utf8.count < length {
      text.append(Self.digits[Int(hash % 36)])
      hash /= 36
    }
    return text
  }

  private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz")

  private var isChina: Bool { region.code.hasPrefix("cn-") }

  /// `db.HASH.us-east-1.rds.amazonaws.com`
  /// - Parameter isReversed: The service stands before the Region, as RDS in China and Network Load Balancers have it.
  func endpoint(_ labels: [String], _ service: String, isReversed: Bool = false) throws(AWSError) -> Name {
    let middle = isReversed || isChina && service == "rds" ? [service, region.code] : [region.code, service]
    return try name(labels + middle + ["amazonaws", "com"] + (isChina ? ["cn"] : []))
  }

  /// `c.HASH.0001.use1.cache.amazonaws.com`
  func cacheEndpoint(_ labels: [String]) throws(AWSError) -> Name {
    try name(labels + [region.abbreviation, "cache", "amazonaws", "com"] + (isChina ? ["cn"] : []))
  }

  /// A name whose labels are too long is an identifier that is too long.
  private func name(_ labels: [String]) throws(AWSError) -> Name {
    guard let name = Name(labels: labels.map { Array($0.utf8) }) else {
      throw AWSError("InvalidParameterValue", "\(labels.joined(separator: ".")) is too long for a domain name")
    }
    return name
  }

  /// `arn:aws:rds:us-east-1:123456789012:db:orders`
  func arn(_ service: String, _ resource: String) -> String {
    "arn:\(isChina ? "aws-cn" : "aws"):\(service):\(region.code):\(account):\(resource)"
  }
}

extension Region {
  /// As ElastiCache writes it: `use1` for us-east-1, `apne1` for ap-northeast-1.
  fileprivate var abbreviation: String {
    let directions = ["north", "south", "east", "west", "central"]
    return code.split(separator: "-").map { part in
      var rest = part
      var initials = ""
      while let direction = directions.first(where: { rest.hasPrefix($0) }) {
        initials += direction.prefix(1)
        rest = rest.dropFirst(direction.count)
      }
      return initials.isEmpty ? String(part) : initials
    }.joined()
  }
}

extension Call {
  var names: ServiceNames { ServiceNames(account: caller.account, region: region) }
}
