// The flags that say who is asked for names of others: an upstream server, the root servers, or nobody.
import ArgumentParser
import DNSWire
import Foundation
import Recursion
import Resolution
import Transport

struct ForwardingOptions: ParsableArguments {
  @Option(
    name: .customLong("upstream"),
    help: ArgumentHelp(
      "Where names of others are asked: ADDR[:PORT], which may be repeated; 'system' for the servers of "
        + "/etc/resolv.conf; 'rules' for nobody but the targets of Resolver rules; 'none' for nobody at all, which is "
        + "so unless told otherwise.", valueName: "upstream"))
  var upstreams: [String] = []

  @Flag(help: "Look for names of others from the root servers on.")
  var recurse = false

  @Option(
    help: ArgumentHelp("With --recurse: a file with other root servers.", valueName: "file"), completion: .file())
  var rootHints: String?

  @Flag(help: "Validate answers by DNSSEC; needs --trust-anchor.")
  var validate = false

  @Option(
    help: ArgumentHelp("DS or DNSKEY records of what is trusted, as in a zone file.", valueName: "file"),
    completion: .file())
  var trustAnchor: String?

  @Flag(help: "Where no upstream answers, give what has expired (RFC 8767).")
  var serveStale = false

  /// `nil`: nobody is asked.
  func forwarding() throws -> Server.Forwarding? {
    var forwarding = Server.Forwarding()
    if upstreams == ["rules"], !recurse {
      forwarding.reach = .rules
      if validate { throw ValidationError("--validate: no chain of trust leads to the names that rules are for.") }
    } else {
      forwarding.recursion.servers = try servers()
      guard recurse || !forwarding.recursion.servers.isEmpty else {
        if validate || serveStale {
          throw ValidationError("--\(validate ? "validate" : "serve-stale") is about answers of an --upstream.")
        }
        return nil
      }
    }
    if recurse, !upstreams.isEmpty {
      throw ValidationError("--recurse asks the root servers, --upstream another one: give one of the two.")
    }
    if rootHints != nil, !recurse { throw ValidationError("--root-hints is for --recurse.") }
    if validate, trustAnchor == nil { throw ValidationError("--validate needs --trust-anchor FILE.") }
    if trustAnchor != nil, !validate { throw ValidationError("--trust-anchor is for --validate.") }
    forwarding.recursion.validates = validate
    forwarding.recursion.trustAnchorFile = trustAnchor
    forwarding.recursion.rootHintsFile = rootHints
    forwarding.recursion.servesStale = serveStale
    return forwarding
  }

  private func servers() throws -> [ServerAddress] {
    if upstreams == ["none"] { return [] }
    for word in ["none", "rules"] where upstreams.contains(word) {
      throw ValidationError("--upstream \(word) stands alone.")
    }
    var servers: [ServerAddress] = []
    for text in upstreams {
      for server in try text == "system" ? Self.systemServers() : [Self.server(text)] where !servers.contains(server) {
        servers.append(server)
      }
    }
    return servers
  }

  private static func server(_ text: String) throws -> ServerAddress {
    let place: Listener
    do throws(Listener.SyntaxError) {
      place = try Listener(text, defaultPort: ServerAddress.defaultPort)
    } catch {
      throw ValidationError("--upstream \(error)")
    }
    guard place.scope == .automatic, !place.isWildcard, place.port != 0 else {
      throw ValidationError("--upstream '\(text)': it is written ADDR[:PORT].")
    }
    return ServerAddress(address: place.address, port: place.port)
  }

  /// The `nameserver` lines of resolv.conf(5); an interface behind `%` means nothing to us.
  private static func systemServers() throws -> [ServerAddress] {
    let path = "/etc/resolv.conf"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let servers = text.split(whereSeparator: \.isNewline).compactMap { line -> ServerAddress? in
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count >= 2, words[0] == "nameserver", let address = IPAddress(words[1]) else { return nil }
      return ServerAddress(address: address)
    }
    guard !servers.isEmpty else { throw ValidationError("--upstream system: \(path) names no server.") }
    return servers
  }
}
