// What is wrong with a world, or surprising in it, each with its place: errors of the loader, its warnings, and traps.
import Cloud
import Traps
import WorldFile

struct Notice: Sendable {
  var place: Place
  var severity: Problem.Severity
  var message: String
  /// What a trap adds: which one, about what, and what to do.
  var finding: Finding?

  init(_ problem: Problem) {
    place = Place(file: problem.file, line: problem.line, column: problem.column)
    severity = problem.severity
    message = problem.message
  }

  init(_ finding: Finding, at place: Place) {
    self.place = place
    severity = .warning
    let references = finding.trap.references
    message = finding.message + (references.isEmpty ? "" : " (\(references.joined(separator: ", ")))")
    self.finding = finding
  }

  /// `world.yaml:12:5: warning: …`
  var line: String { "\(place): \(severity.rawValue): \(message)" }
}

extension LoadedWorld {
  /// Every warning and every trap, in the order of files, lines and columns.
  func notices() -> [Notice] {
    let order = Dictionary(zip(files, files.indices)) { first, _ in first }
    let whole = Place(file: files.first ?? "", line: 0, column: 0)
    let findings = world.findings()
    let places = places(of: findings.map { item(of: $0.item) })
    let found = warnings.map { Notice($0) } + zip(findings, places).map { Notice($0, at: $1 ?? whole) }
    return found.enumerated().sorted { one, other in
      let (left, right) = (one.element.place, other.element.place)
      return (order[left.file] ?? 0, left.line, left.column, one.offset)
        < (order[right.file] ?? 0, right.line, right.column, other.offset)
    }.map(\.element)
  }

  private func item(of item: Finding.Item) -> (kind: ItemKind, id: String) {
    switch item {
    case .vpc(let id): (.vpc, id.rawValue)
    case .dhcpOptions(let id): (.dhcpOptions, id.rawValue)
    case .securityGroup(let id): (.securityGroup, id.rawValue)
    case .instance(let id): (.instance, id.rawValue)
    case .peering(let id): (.peering, id.rawValue)
    case .dbInstance(let id): (.dbInstance, id.rawValue)
    case .dbCluster(let id): (.dbCluster, id.rawValue)
    case .redshiftCluster(let id): (.redshiftCluster, id.rawValue)
    case .cacheCluster(let id): (.cacheCluster, id.rawValue)
    case .loadBalancer(let id): (.loadBalancer, id.rawValue)
    case .hostedZone(let id): (.hostedZone, id.rawValue)
    case .resolverRule(let id): (.resolverRule, id.rawValue)
    case .requester(let requester): (.requester, Self.id(of: requester))
    }
  }
}
