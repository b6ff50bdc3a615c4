// The flags that say how much one asker may take from the others.
import ArgumentParser
import Cloud
import DNSWire
import Transport

struct FloodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Answer a prefix N questions a second over UDP at most: N[,slip=M][,ipv4-prefix=24][,ipv6-prefix=56]. Each M-th "
        + "question past that gets an answer that says to come by TCP, the others none; M is 2 unless given, 0 for no "
        + "such answers. Off unless given, since Amazon's resolver has no such limit.", valueName: "limit"))
  var rateLimit: String?

  @Option(
    name: .customLong("rate-limit-exempt"),
    help: ArgumentHelp("Askers whom --rate-limit does not limit: a CIDR. May be repeated.", valueName: "range"))
  var exemptTexts: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Look at \(Quotas.packetsPerInterface) packets a second of each asker, as Amazon does of each network interface; "
        + "what is past that gets no answer."))
  var packetQuota = false

  @Option(help: ArgumentHelp("TCP connections open at once; 4096 unless given.", valueName: "count"))
  var tcpConnections: Int?

  @Option(
    name: .customLong("tcp-connections-per-client"),
    help: ArgumentHelp(
      "TCP connections that one address, or one /64 of IPv6, may have of these; 1024 unless given.",
      valueName: "count"))
  var connectionsPerClient: Int?

  /// Writes what the flags say into `options`.
  func apply(to options: inout Server.Options) throws {
    if let rateLimit {
      options.rateLimit = try Self.limit(rateLimit)
      options.rateLimit?.exempt = try exemptTexts.map { try AddressRange(argument: $0, of: "--rate-limit-exempt") }
    } else if !exemptTexts.isEmpty {
      throw ValidationError("--rate-limit-exempt is for --rate-limit.")
    }
    if packetQuota { options.packetQuota = Quotas.packetsPerInterface }
    if let tcpConnections {
      options.connections = try Self.number(
        tcpConnections, in: Server.Options.connectionsAllowed, "--tcp-connections")
    }
    if let connectionsPerClient {
      options.connectionsPerClient = try Self.number(
        connectionsPerClient, in: Server.Options.connectionsAllowed, "--tcp-connections-per-client")
    }
  }

  private static func number(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws -> Int {
    guard range.contains(value) else {
      throw ValidationError("\(name) \(value): the number is from \(range.lowerBound) to \(range.upperBound).")
    }
    return value
  }

  private static func limit(_ text: String) throws -> Server.RateLimit {
    var parts = text.split(separator: ",", omittingEmptySubsequences: false)
    func number(_ value: Substring, _ name: String, in range: ClosedRange<Int>) throws -> Int {
      guard let number = Int(value) else { throw ValidationError("--rate-limit '\(text)': \(name) is no number.") }
      return try Self.number(number, in: range, "--rate-limit, \(name),")
    }
    let first = parts.removeFirst()
    var limit = Server.RateLimit(
      answers: try number(first, "the answers a second", in: Server.RateLimit.answersAllowed))
    for part in parts {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(sides[0])
      let value = sides.count == 2 ? sides[1] : ""
      switch name {
      case "slip": limit.slip = try number(value, name, in: Server.RateLimit.slipAllowed)
      case "ipv4-prefix": limit.ipv4Prefix = try number(value, name, in: Server.RateLimit.ipv4PrefixAllowed)
      case "ipv6-prefix": limit.ipv6Prefix = try number(value, name, in: Server.RateLimit.ipv6PrefixAllowed)
      default:
        throw ValidationError("--rate-limit '\(text)': '\(name)' is neither slip nor ipv4-prefix nor ipv6-prefix.")
      }
    }
    return limit
  }
}

extension AddressRange {
  /// A CIDR, as a flag gives it.
  init(argument text: some StringProtocol, of flag: String) throws {
    if let block = CIDRBlock(text) {
      self = .v4(block.address...block.last)
    } else if let block = IPv6CIDRBlock(text) {
      self = .v6(block.address...block.last)
    } else {
      throw ValidationError("\(flag): '\(text)' is no range such as 10.0.0.0/8, without host bits.")
    }
  }
}
