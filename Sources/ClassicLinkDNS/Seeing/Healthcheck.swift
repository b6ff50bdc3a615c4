// `classiclink-dns healthcheck`: whether a server answers, for Docker's HEALTHCHECK and its like.
import ArgumentParser
import DNSWire
import Transport

struct Healthcheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether a server answers.",
    discussion: """
      Asks for whoami. over UDP, which every asker gets an answer to, and with --url whether the API is ready: that \
      is, whether what calls change can be kept. Exit status: 0 when all is well, else 1.
      """)

  @Option(
    help: ArgumentHelp(
      "Where the server answers questions: ADDR[:PORT]; 127.0.0.1:5300 unless given.", valueName: "address"),
    transform: { try Self.address($0, "--dns", defaultPort: Listener.defaultPort) })
  var dns = Listener.standard

  @Option(
    help: ArgumentHelp("Its API, such as http://127.0.0.1:5380: the address, or localhost.", valueName: "url"),
    transform: Self.api)
  var url: Listener?

  @Option(help: ArgumentHelp("How long each of the two may take.", valueName: "seconds"))
  var timeout = 2.0

  /// Past an hour nobody waits for the health of a server.
  private static let longestTimeout = 3600.0

  func validate() throws {
    guard timeout > 0, timeout <= Self.longestTimeout else {
      throw ValidationError("--timeout \(timeout): the number of seconds is above 0 and at most 3600.")
    }
  }

  func run() throws {
    do {
      try askWhoami()
      if let url { try askReadiness(at: url) }
    } catch let problem as Problem {
      complain(problem.text)
      throw ExitCode.failure
    } catch let error as ServerError {
      complain("\(error)")
      throw ExitCode.failure
    }
  }

  private struct Problem: Error { var text: String }
  private var milliseconds: Int64 { Int64((timeout * 1000).rounded(.up)) }

  /// Decision 20: it is answered also where an asker has no DNS support.
  private func askWhoami() throws {
    guard let name = try? Name("whoami.") else { return }
    let id = UInt16.random(in: .min ... .max)
    let answer: [UInt8]
    do throws(ServerError) {
      let probe = try Probe(to: dns, isStream: false, within: milliseconds)
      try probe.send(Query.message(id: id, name: name, type: .txt, recordClass: .chaos))
      answer = try probe.receive()
    } catch {
      throw Problem(text: "\(dns) does not answer: \(error)")
    }
    guard let response = Response(answer), response.id == id, response.code == .noError, !response.answer.isEmpty
    else { throw Problem(text: "\(dns) answers, but not as classiclink-dns does") }
  }

  private func askReadiness(at api: Listener) throws {
    var reply = ""
    do throws(ServerError) {
      let probe = try Probe(to: api, isStream: true, within: milliseconds)
      try probe.send(Array("GET /readyz HTTP/1.1\r\nHost: \(api)\r\nConnection: close\r\n\r\n".utf8))
      while case let more = try probe.receive(), !more.isEmpty { reply += String(decoding: more, as: UTF8.self) }
    } catch {
      throw Problem(text: "http://\(api)/readyz does not answer: \(error)")
    }
    guard !reply.hasPrefix("HTTP/1.1 200 ") else { return }
    let reason = reply.split(whereSeparator: \.isNewline).last ?? "no reply"
    throw Problem(text: "http://\(api)/readyz: \(reason)")
  }

  private static func address(_ text: String, _ flag: String, defaultPort: UInt16) throws -> Listener {
    do {
      let listener = try Listener(text, defaultPort: defaultPort)
      if listener.scope == .automatic { return listener }
    } catch {
      throw ValidationError("\(flag) \(error)")
    }
    throw ValidationError("\(flag) '\(text)': an address with a port is enough.")
  }

  private static func api(_ text: String) throws -> Listener {
    let scheme = "http://"
    guard text.hasPrefix(scheme) else { throw ValidationError("--url '\(text)': it begins with \(scheme)") }
    var place = String(text.dropFirst(scheme.count))
    if place.hasSuffix("/") { place.removeLast() }
    let localhost = "localhost"
    if place == localhost || place.hasPrefix("\(localhost):") { place = "127.0.0.1" + place.dropFirst(localhost.count) }
    return try address(place, "--url", defaultPort: APIAddress.standardPort)
  }
}
