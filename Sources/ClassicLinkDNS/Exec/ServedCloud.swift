// `exec --api`: the world of a server that runs. The sockets go to the server, which answers on them as on its own.
import CLinux
import ControlPlane
import Foundation
import Glibc
import Namespaces
import Transport

final class ServedCloud: Exec.Cloud {
  /// How long the server may take for its first word.
  private static let patienceMilliseconds: CInt = 10_000

  let placement: Placement
  let names: [String: [String]]
  let farewell: String
  private let session: SessionSocket
  private let url: String

  /// Asks the server who `who` is.
  init(_ api: APIClient, token: APIToken?, as who: String, names: [String]) throws {
    url = api.url
    farewell = "the server at \(api.url) has gone: names resolve no longer"
    var path = "/session?from=\(APIClient.encoded(who))"
    if !names.isEmpty { path += "&name=\(APIClient.encoded(names.joined(separator: ",")))" }
    let reply: (status: Int, body: String)
    do throws(ServerError) {
      reply = try api.get(path, token: token, within: Int64(Self.patienceMilliseconds))
    } catch {
      throw Exec.Failure("--api \(api.url): \(error)")
    }
    if reply.status == 401 { throw Exec.Failure("--api \(api.url): it asks for another --api-token FILE") }
    guard reply.status == 200 else {
      let refusal = try? JSONDecoder().decode(SessionOffer.Refusal.self, from: Data(reply.body.utf8))
      throw Exec.Failure("--api \(api.url): \(refusal?.error ?? "it is no classiclink-dns: status \(reply.status)")")
    }
    guard let offer = try? JSONDecoder().decode(SessionOffer.self, from: Data(reply.body.utf8)) else {
      throw Exec.Failure("--api \(api.url): it is another version of classiclink-dns")
    }
    placement = offer.placement
    self.names = offer.names
    do throws(SessionSocket.Failure) {
      session = try SessionSocket.connect(to: offer.socket)
    } catch {
      throw Exec.Failure("--api \(api.url): its socket for sessions: \(error). Is it in another container?")
    }
  }

  var descriptor: CInt { session.descriptor }

  func serve(_ sockets: [OpenSockets], for program: borrowing PreparedProgram) throws {
    // Only the server has them from now on: when it ends, questions fail at once.
    defer { for open in sockets { open.close() } }
    do {
      // Who is refused at the door is told why, and what he says then reaches nobody.
      let request = try request()
      do throws(SessionSocket.Failure) {
        try session.send(request, sockets)
      } catch {
        throw (try? session.receive()).flatMap(\.self).map { SessionSocket.Failure($0.text) } ?? error
      }
      guard let answer = try answer(for: program) else { throw SessionSocket.Failure("it has hung up") }
      guard answer == SessionRequest.agreed else { throw SessionSocket.Failure(answer) }
    } catch let error as SessionSocket.Failure {
      throw Exec.Failure("--api \(url): \(error)")
    }
  }

  /// `nil` when the server has hung up.
  private func answer(for program: borrowing PreparedProgram) throws -> String? {
    let end = cl_coarse_milliseconds() + Int64(Self.patienceMilliseconds)
    while case let left = end - cl_coarse_milliseconds(), left > 0 {
      if session.awaitMessage(within: CInt(left), unless: program.signals) {
        // Who hangs up on a request that he has not read leaves an error before his last word.
        return try ((try? session.receive()) ?? session.receive())?.text
      }
      if let status = program.takeEnding() { throw Exec.End(status: status) }
    }
    throw SessionSocket.Failure("it has not begun the session within \(Self.patienceMilliseconds / 1000) seconds")
  }

  private func request() throws(SessionSocket.Failure) -> String {
    let request = SessionRequest(network: placement.network, asker: placement.addresses.first ?? "")
    guard let text = try? jsonLine(request) else { throw SessionSocket.Failure("no request could be made") }
    return text
  }
}
