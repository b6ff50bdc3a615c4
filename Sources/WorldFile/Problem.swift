// What is wrong with a world file, and where.

/// An error or a warning with its place; prints as `world.yaml:12:5: error: …`.
public struct Problem: Error, Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable { case error, warning }

  /// The path as it was given or found.
  public var file: String
  /// From 1; 0 when the whole file is meant.
  public var line: Int
  /// From 1, in Unicode scalars; 0 when the whole file is meant.
  public var column: Int
  public var severity: Severity
  public var message: String

  public init(file: String, line: Int, column: Int, severity: Severity = .error, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.severity = severity
    self.message = message
  }
}

extension Problem: CustomStringConvertible {
  public var description: String {
    "\(Place(file: file, line: line, column: column)): \(severity.rawValue): \(message)"
  }
}

/// Nothing was loaded: every problem that was found, in the order of files, lines and columns.
public struct LoadFailure: Error, Sendable {
  public var problems: [Problem]
  /// Every file that was tried, zone files and missing ones included: what to watch.
  public var files: [String]
  /// A path that was asked for does not exist (exit status 66 instead of 65).
  public var isMissingFile: Bool

  public init(problems: [Problem], files: [String] = [], isMissingFile: Bool = false) {
    self.problems = problems
    self.files = files
    self.isMissingFile = isMissingFile
  }
}

extension LoadFailure: CustomStringConvertible {
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
