// Prometheus's text format, version 0.0.4: a family of series has one HELP and one TYPE line, and stands together.

public struct PrometheusText: Sendable {
  public enum Kind: String, Sendable { case counter, gauge, histogram }

  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  public private(set) var text = ""

  public init() {}

  /// The lines in front of a family's series.
  public mutating func begin(_ family: String, _ kind: Kind, help: String) {
    let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    text += "# HELP \(family) \(help)\n# TYPE \(family) \(kind.rawValue)\n"
  }

  /// One series of the family that was begun last.
  /// - Parameter labels: Names and values, in their order.
  public mutating func add(_ name: String, _ labels: [(String, String)], _ value: some Numeric) {
    text += "\(name)\(Self.text(labels)) \(value)\n"
  }

  /// A family of one series without labels.
  public mutating func add(_ family: String, _ kind: Kind, _ value: some Numeric, help: String) {
    begin(family, kind, help: help)
    add(family, [], value)
  }

  /// `{proto="udp"}`, or nothing.
  static func text(_ labels: [(String, String)]) -> String {
    guard !labels.isEmpty else { return "" }
    let pairs = labels.map { name, value in
      let value = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      return "\(name)=\"\(value)\""
    }
    return "{\(pairs.joined(separator: ","))}"
  }
}
