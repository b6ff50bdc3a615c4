// The truth table: Fixtures/truth-table.tsv, read line by line. It says what is true; nothing here knows why.
import Foundation

/// One cell of the table, or one sub-case of a cell.
struct TruthLine: Sendable, CustomStringConvertible {
  enum Expected: String, Sendable {
    case privateAddress = "priv"
    case publicAddress = "pub"
    case nameError = "NX"
    case noData = "ND"
    case privateZone = "PHZ"
    case publicDNS = "PUBDNS"
    case privatePointer = "PTR-ip"
    case publicPointer = "PTR-ec2"
    case timeout = "TIMEOUT"
  }
  let row: String
  /// `a1` … `a11`.
  let asker: String
  /// Whether the asker's VPC is in the Region of V.
  let sameRegion: Bool
  /// The state of V and of the link that this line is about, such as `cldns` → `on`.
  let world: [String: String]
  let type: String
  /// Key of a `Target`.
  let name: String
  let expected: Expected
  let evidence: String
  let source: String
  let lineNumber: Int

  var description: String {
    let state = world.map { " \($0)=\($1)" }.joined()
    return "truth-table.tsv:\(lineNumber): row \(row), \(asker)\(sameRegion ? "" : " in another Region")\(state), "
      + "\(name) \(type): \(expected.rawValue) (\(evidence) \(source))"
  }

  /// Whether a world in this state is one that the line speaks of. The column fixes V's attributes, the line the rest.
  func applies(to variant: WorldVariant) -> Bool {
    func isOn(_ key: String, unless stated: Bool?) -> Bool? { world[key].map { $0 == "on" } ?? stated }
    let wanted: (cldns: Bool?, hostnames: Bool?, support: Bool?, linked: Bool?) =
      switch asker {
      case "a2": (false, true, true, true)
      case "a3": (true, true, true, true)
      case "a5": (nil, false, true, nil)
      case "a11": (nil, nil, false, nil)
      default: (nil, true, true, nil)
      }
    let linked = world["link"] == "none" ? false : wanted.linked
    return [
      (isOn("cldns", unless: wanted.cldns), variant.classicLinkDNS),
      (isOn("hostnames", unless: wanted.hostnames), variant.hostnames),
      (isOn("support", unless: wanted.support), variant.support),
      (linked, variant.linked),
    ].allSatisfy { $0 == nil || $0 == $1 }
  }
}

/// A state of V and of the asker's link. Everything else about a world comes from its seed.
struct WorldVariant: Hashable, Sendable, CustomStringConvertible {
  var classicLinkDNS: Bool
  var hostnames = true
  var support = true
  var linked = true

  static let all = [
    WorldVariant(classicLinkDNS: true),
    WorldVariant(classicLinkDNS: false),
    WorldVariant(classicLinkDNS: true, hostnames: false),
    WorldVariant(classicLinkDNS: false, hostnames: false),
    WorldVariant(classicLinkDNS: true, support: false),
    WorldVariant(classicLinkDNS: false, support: false),
    WorldVariant(classicLinkDNS: true, linked: false),
  ]

  var description: String {
    let words = [("cldns", classicLinkDNS), ("hostnames", hostnames), ("support", support), ("link", linked)]
    return words.map { "\($0)=\($1 ? "on" : "off")" }.joined(separator: ",")
  }
}

enum TruthTable {
  struct BadLine: Error { let lineNumber: Int, text: String }

  static let lines: [TruthLine] = {
    do { return try read() } catch { fatalError("truth-table.tsv: \(error)") }
  }()

  static func read() throws -> [TruthLine] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/truth-table.tsv")
    let text = try String(contentsOf: file, encoding: .utf8)
    var result: [TruthLine] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("row\t") { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 9, let expected = TruthLine.Expected(rawValue: fields[6]),
        ["same", "other"].contains(fields[2]), ["D", "O", "I"].contains(fields[7])
      else { throw BadLine(lineNumber: index + 1, text: String(line)) }
      var world: [String: String] = [:]
      for pair in fields[3].split(separator: ",") where pair != "-" {
        let parts = pair.split(separator: "=").map(String.init)
        guard parts.count == 2, ["cldns", "hostnames", "support", "link"].contains(parts[0]) else {
          throw BadLine(lineNumber: index + 1, text: String(line))
        }
        world[parts[0]] = parts[1]
      }
      result.append(
        TruthLine(
          row: fields[0], asker: fields[1], sameRegion: fields[2] == "same", world: world, type: fields[4],
          name: fields[5], expected: expected, evidence: fields[7], source: fields[8], lineNumber: index + 1))
    }
    return result
  }
}
