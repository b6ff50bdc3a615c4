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
    let found = warnings.map { Notice($0) } + world.findings().map { Notice($0, at: place(of: $0.item) ?? whole) }
    return found.enumerated().sorted { one, other in
      let (left, right) = (one.element.place, other.element.place)
      return (order[left.file] ?? 0, left.line, left.column, one.offset)
        < (order[right.file] ?? 0, right.line, right.column, other.offset)
    }.map(\.element)
  }

  private func place(of item: Finding.Item) -> Place? {
    switch item {
    case .vpc(let id): place(of: .vpc, id.rawValue)
    case .dhcpOptions(let id): place(of: .dhcpOptions, id.rawValue)
    case .securityGroup(let id): place(of: .securityGroup, id.rawValue)
    case .instance(let id): place(of: .instance, id.rawValue)
    case .peering(let id): place(of: .peering, id.rawValue)
    case .dbInstance(let id): place(of: .dbInstance, id.rawValue)
    case .dbCluster(let id): place(of: .dbCluster, id.rawValue)
    case .redshiftCluster(let id): place(of: .redshiftCluster, id.rawValue)
    case .cacheCluster(let id): place(of: .cacheCluster, id.rawValue)
    case .loadBalancer(let id): place(of: .loadBalancer, id.rawValue)
    case .hostedZone(let id): place(of: .hostedZone, id.rawValue)
    case .resolverRule(let id): place(of: .resolverRule, id.rawValue)
    case .requester(let requester): place(of: requester)
    }
  }
}
