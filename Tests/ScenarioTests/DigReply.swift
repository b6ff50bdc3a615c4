// What `dig` prints with its usual comments, taken apart.
import Foundation

struct DigReply: Sendable {
  struct Line: Sendable, Equatable {
    let owner: String
    let ttl: UInt32
    let `class`: String
    let type: String
    let data: String
  }

  let text: String

  /// The replies that one `dig` with several questions printed, in order.
  static func all(in text: String) -> [DigReply] {
    text.components(separatedBy: ";; Got answer:").dropFirst().map { DigReply(text: $0) }
  }

  /// `NOERROR`, `REFUSED`, …
  var status: String { field(#/status: ([A-Z0-9]+),/#) }
  var opcode: String { field(#/opcode: ([A-Z0-9]+),/#) }
  /// `qr`, `rd`, …
  var flags: Set<String> { Set(field(#/;; flags:([a-z ]*);/#).split(separator: " ").map(String.init)) }
  var answer: [Line] { section("ANSWER") }
  var authority: [Line] { section("AUTHORITY") }
  /// The question line as it came back, case included.
  var question: String { lines(of: "QUESTION").first.map { String($0.dropFirst()) } ?? "" }
  /// What the OPT record says: `version: 0, flags:; udp: 1232`; empty without one.
  var edns: String { field(#/; EDNS: (.*)/#) }
  /// `18 (Prohibited): (the reason)`; empty without one.
  var extendedError: String { field(#/; EDE: (.*)/#) }
  var clientSubnet: String { field(#/; CLIENT-SUBNET: (.*)/#) }
  /// Octets of the message.
  var size: Int { Int(field(#/;; MSG SIZE  rcvd: (\d+)/#)) ?? 0 }
  /// What `dig` found odd: it warns of a malformed message, of one from another address, and of octets left over.
  var warnings: [String] {
    text.split(separator: "\n").map(String.init).filter {
      $0.contains(#/WARN|warning|unexpected source|[Mm]alformed|mismatch|extra bytes|Mismatched/#)
    }
  }

  /// The data of the last record of the answer; without one, the response code.
  var gist: String {
    let end = status == "NOERROR" ? answer.last?.data ?? "NOERROR" : status
    return warnings.isEmpty ? end : "\(end), with warnings: \(warnings)"
  }

  private func field(_ pattern: Regex<(Substring, Substring)>) -> String {
    text.firstMatch(of: pattern).map { $0.1.trimmingCharacters(in: .whitespaces) } ?? ""
  }

  private func lines(of name: String) -> [Substring] {
    guard let start = text.firstRange(of: ";; \(name) SECTION:\n") else { return [] }
    return text[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
      .map { $0 }
  }

  private func section(_ name: String) -> [Line] {
    lines(of: name).compactMap { line in
      let words = line.split(maxSplits: 4, whereSeparator: { $0 == "\t" || $0 == " " }).map(String.init)
      guard words.count == 5, let ttl = UInt32(words[1]) else { return nil }
      return Line(owner: words[0], ttl: ttl, class: words[2], type: words[3], data: words[4])
    }
  }
}
