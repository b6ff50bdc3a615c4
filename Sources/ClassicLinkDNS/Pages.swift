// What people and probes ask the API's port for, beside the calls: why a name resolves as it does, the table,
// health, metrics.
import Cloud
import ControlPlane
import DNSWire
import Resolution
import Transport

/// The pages of a server, by their paths.
struct Pages {
  let steward: Steward
  let metrics: MetricsPage
  let lastReload: LastReload
  /// The socket at which sessions of `exec --api` begin.
  let sessions: String

  var all: [String: Endpoint.Page] {
    [
      "/explain": { query in await explain(query) },
      "/matrix": { query in await matrix(query) },
      "/session": { query in await session(query) },
      "/healthz": { _ in Steward.Reply(contentType: "text/plain", body: "ok\n") },
      "/readyz": { _ in await readiness() },
      "/metrics": { _ in Steward.Reply(contentType: PrometheusText.contentType, body: metrics.text) },
    ]
  }

  /// Ready once every socket is open, which is before this can be asked; not while the disk refuses what calls do.
  private func readiness() async -> Steward.Reply {
    if let failure = await steward.lastFailure {
      return Steward.Reply(status: 503, contentType: "text/plain", body: "the state cannot be written: \(failure)\n")
    }
    // A world that could not be read is told, and is no reason to take the server away: the one before it is served.
    let failure = lastReload.problem.map { "; the world was not read again: \($0)" } ?? ""
    return Steward.Reply(
      contentType: "text/plain", body: "ready, generation \(steward.publication.generation)\(failure)\n")
  }

  // MARK: explain

  /// `?from=WHO&name=NAME[&type=A][&at=RESOLVER]`
  private func explain(_ query: [String: String]) async -> Steward.Reply {
    do throws(PageProblem) {
      try check(query, ["from", "name", "type", "at"])
      let who = Who(try required("from", query))
      let name = try name(try required("name", query))
      let type = try type(query["type"] ?? "A")
      let snapshot = steward.publication.current
      var network = Network.any
      if let text = query["at"] {
        guard let resolver = IPAddress(text) else { throw PageProblem("at '\(text)' is no address") }
        network = snapshot.tables.network(destination: resolver)
      }
      guard let asker = snapshot.tables.asker(who, in: network) else {
        throw PageProblem("from \(who): the world has no such instance or VPC")
      }
      let explanation = snapshot.explain(asker, in: network, name: name, type: type)
      return try json { try jsonText(ExplanationJSON(who, explanation, nil, setting: [], nil)) + "\n" }
    } catch {
      return error.reply
    }
  }

  // MARK: matrix

  /// `[?from=WHO,WHO…][&name=NAME,NAME…][&type=A]`
  private func matrix(_ query: [String: String]) async -> Steward.Reply {
    do throws(PageProblem) {
      try check(query, ["from", "name", "type"])
      let whos = (query["from"] ?? "").split(separator: ",").map { Who(String($0)) }
      var names: [Name] = []
      for text in (query["name"] ?? "").split(separator: ",") { names.append(try name(String(text))) }
      let type = try type(query["type"] ?? "A")
      // In the Steward's own turn: a copy of the world would make his next change copy its tables.
      let made = await steward.read { [names] world, snapshot in
        table(MatrixWorld(copy world, snapshot), whos, names, type)
      }
      let found = try made.get()
      return try json { try found.json() }
    } catch {
      return error.reply
    }
  }

  private func table(
    _ world: MatrixWorld, _ whos: [Who], _ names: [Name], _ type: RecordType
  ) -> Result<MatrixTable, PageProblem> {
    let askers = whos.isEmpty ? MatrixAskers(of: world.world, world.snapshot) : MatrixAskers(unique: whos)
    let known = world.askers(askers.whos)
    if let unknown = zip(askers.whos, known).first(where: { $1 == nil })?.0 {
      return .failure(PageProblem("from \(unknown): the world has no such instance or VPC"))
    }
    let names = names.isEmpty ? MatrixNames(of: [world.world], type: type) : MatrixNames(names)
    return .success(
      MatrixTable(
        world, known.compactMap { $0 }, names.names, type, MatrixRest(names: names.leftOut, askers: askers.leftOut)))
  }

  // MARK: session

  /// `?from=WHO[&name=NAME,NAME…]`, for `exec --api`.
  private func session(_ query: [String: String]) async -> Steward.Reply {
    do throws(PageProblem) {
      try check(query, ["from", "name"])
      let who = Who(try required("from", query))
      let names = (query["name"] ?? "").split(separator: ",").map(String.init)
      let found = await steward.read { [names] world, snapshot in
        Result { () throws(PlacementProblem) in
          let placement = try Placement(who, in: world, snapshot.tables)
          return (placement, try placement.addresses(ofAll: names, snapshot))
        }
      }
      switch found {
      case .failure(let problem): throw PageProblem("\(problem)")
      case .success(let (placement, addresses)):
        let offer = SessionOffer(placement: placement, names: addresses, socket: sessions)
        return try json { try jsonText(offer) + "\n" }
      }
    } catch {
      return error.reply
    }
  }

  // MARK: Parameters

  private func check(_ query: [String: String], _ known: Set<String>) throws(PageProblem) {
    if let unknown = query.keys.filter({ !known.contains($0) }).min() {
      throw PageProblem("\(unknown) is not one of \(known.sorted().joined(separator: ", "))")
    }
  }

  private func required(_ parameter: String, _ query: [String: String]) throws(PageProblem) -> String {
    guard let value = query[parameter], !value.isEmpty else { throw PageProblem("\(parameter) is missing") }
    return value
  }

  private func name(_ text: String) throws(PageProblem) -> Name {
    do throws(Name.TextError) {
      return try Name(text)
    } catch {
      throw PageProblem("name '\(text)': \(error)")
    }
  }

  private func type(_ text: String) throws(PageProblem) -> RecordType {
    guard let type = RecordType(text) else { throw PageProblem("type '\(text)' is no record type such as A or PTR") }
    return type
  }

  private func json(_ text: () throws -> String) throws(PageProblem) -> Steward.Reply {
    do {
      return Steward.Reply(contentType: "application/json", body: try text())
    } catch {
      throw PageProblem("\(error)", status: 500)
    }
  }
}

/// Why a page cannot be shown.
private struct PageProblem: Error {
  var message: String
  var status: Int

  init(_ message: String, status: Int = 400) {
    self.message = message
    self.status = status
  }

  var reply: Steward.Reply {
    struct Document: Encodable { var error: String }
    let text = (try? jsonText(Document(error: message))) ?? "{}"
    return Steward.Reply(status: status, contentType: "application/json", body: text + "\n")
  }
}
