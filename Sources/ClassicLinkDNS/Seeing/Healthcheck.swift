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
    transform: { try APIClient(url: $0, of: "--url") })
  var url: APIClient?

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

  private func askReadiness(at api: APIClient) throws {
    let reply: (status: Int, body: String)
    do throws(ServerError) {
      reply = try api.get("/readyz", within: milliseconds)
    } catch {
      throw Problem(text: "\(api.url)/readyz does not answer: \(error)")
    }
    guard reply.status != 200 else { return }
    let reason = reply.body.split(whereSeparator: \.isNewline).last ?? "no reply"
    throw Problem(text: "\(api.url)/readyz: \(reason)")
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
}
