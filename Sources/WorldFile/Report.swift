// Every problem that is found while a world is read. Nothing stops at the first one.

final class Report {
  private struct Finding {
    var spot: Spot
    var severity: Problem.Severity
    var message: String
    /// A second place that the message is about.
    var other: Spot?
  }
  private var findings: [Finding] = []
  /// Problems of files that could not be read at all.
  private var unplaced: [Problem] = []
  private(set) var errorCount = 0
  /// The names that are asked for, while an item that an override changes is decoded.
  private var reading: Reading?

  func error(_ spot: Spot, _ message: String, other: Spot? = nil) {
    findings.append(Finding(spot: spot, severity: .error, message: message, other: other))
    errorCount += 1
  }

  func warning(_ spot: Spot, _ message: String) {
    findings.append(Finding(spot: spot, severity: .warning, message: message))
  }

  func error(file: String, _ message: String) {
    unplaced.append(Problem(file: file, line: 0, column: 0, message: message))
    errorCount += 1
  }

  /// Every place that a message names.
  var spots: [Spot] { findings.map(\.spot) + findings.compactMap(\.other) }

  // MARK: Who reads what

  func startReading() { reading = Reading() }

  func note(_ name: String, of mapping: Spot) {
    if reading != nil { reading?.note(name, of: mapping) }
  }

  /// What was asked for since `startReading`.
  func endReading() -> Reading {
    defer { reading = nil }
    return reading ?? Reading()
  }

  /// Whole files first, then by file in the order of reading, line and column; nothing twice.
  func problems(_ files: FileTable) -> [Problem] {
    let ordered = findings.enumerated().sorted { ($0.element.spot, $0.offset) < ($1.element.spot, $1.offset) }
      .map(\.element)
    let positions = files.positions(of: ordered.map(\.spot))
    let others = files.positions(of: ordered.compactMap(\.other))
    var nextOther = others.makeIterator()
    var result = unplaced
    var seen = Set<Problem>()
    for (finding, position) in zip(ordered, positions) {
      var message = finding.message
      if let other = finding.other, let position = nextOther.next() {
        message += " at \(files.place(other.file, line: position.line, column: position.column))"
      }
      let place = files.place(finding.spot.file, line: position.line, column: position.column)
      let problem = Problem(
        file: place.file, line: place.line, column: place.column, severity: finding.severity, message: message)
      if seen.insert(problem).inserted { result.append(problem) }
    }
    return result
  }
}
