// An explanation for people: the answer as dig prints it, then hop by hop why.
import DNSWire
import Resolution
import ZoneFile

struct ExplanationText {
  let text: String

  /// - Parameter alternatives: `nil` when the world is too large to try what would change the answer.
  init(_ explanation: Explanation, _ alternatives: [Alternative]?) {
    var lines = Self.lines(explanation)
    if let alternatives, !alternatives.isEmpty {
      lines += ["", "It would be different"]
      lines += Self.columns(alternatives.map { ("with \($0.change):", $0.explanation.summary) }).map { "  \($0)" }
    } else if alternatives == nil {
      lines += ["", "The world is too large to try what would change it: ask with --set."]
    }
    text = lines.joined(separator: "\n")
  }

  /// The answer now and as it would be.
  init(_ now: Explanation, _ then: Explanation, setting: [String]) {
    let change = then.isSameAnswer(as: now) ? "The answer stays as it is." : "\(now.result) becomes \(then.result)."
    let lines =
      ["Now:", ""] + Self.lines(now) + ["", "With \(setting.joined(separator: ", ")):", ""] + Self.lines(then)
      + ["", change]
    text = lines.joined(separator: "\n")
  }

  private static func lines(_ explanation: Explanation) -> [String] {
    var lines = [headline(explanation), ""]
    lines += explanation.answer.map(\.line)
    if explanation.answer.isEmpty { lines += explanation.authority.map { "; \($0.line)" } }
    if let error = explanation.error { lines.append("; \(error.text)") }
    if lines.last != "" { lines.append("") }
    for hop in explanation.hops { lines += Self.lines(hop) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func headline(_ one: Explanation) -> String {
    let result = one.code.map(\.description) ?? "no answer at all"
    let sources = one.citations.isEmpty ? "" : " (\(one.citations.joined(separator: ", ")))"
    return "\(one.asker.joined(separator: ", ")) asks for \(one.name) \(one.type): \(result)\(sources)"
  }

  private static func lines(_ hop: Explanation.Hop) -> [String] {
    let place = hop.row.map { "row \($0), \(hop.column)" }
    let others = hop.citations.dropFirst().filter { $0 != place }
    let sources = (place.map { [$0] } ?? []) + others
    var lines = ["\(hop.name)", "  \(hop.reason)"]
    lines.append("  \(hop.rule.title)\(sources.isEmpty ? "" : " (\(sources.joined(separator: "; ")))")")
    lines += columns(hop.facts.map { ("\($0.subject):", $0.text) }).map { "    \($0)" }
    return lines + [""]
  }

  /// Two columns, the second ones below each other.
  private static func columns(_ rows: [(String, String)]) -> [String] {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0 + String(repeating: " ", count: width - $0.count + 1) + $1 }
  }
}

extension Record {
  /// The record as dig prints it.
  var line: String {
    let text = ZoneFile.presentation(type: type, data: data) ?? data.map { String($0, radix: 16) }.joined()
    return "\(owner) \(ttl) IN \(type) \(text)"
  }
}

extension Explanation {
  /// The answer in a few words, with its first source: `203.0.113.25 (S17)`.
  var summary: String {
    let source = ((hops.last?.citations ?? []) + citations).first.map { " (\($0))" } ?? ""
    return result + source
  }

  /// The last records of the answer, or what came instead.
  var result: String {
    guard let code else { return "no answer" }
    guard code == .noError else { return code.description }
    guard let last = answer.last else { return "NODATA" }
    let texts = answer.filter { $0.owner == last.owner && $0.type == last.type }
      .map { ZoneFile.presentation(type: $0.type, data: $0.data) ?? "\($0.type)" }
    return texts.joined(separator: ", ")
  }
}
