// An answer and why it is what it is: the packet that an asker would get, and the verdicts that led to it, read back.
import DNSWire

/// What somebody gets for a name, with the rule and the facts of every hop.
public struct Explanation: Sendable, Equatable {
  /// Something that a rule looked at.
  public struct Fact: Sendable, Hashable {
    /// An id, or what the text is about.
    public var subject: String
    public var text: String
  }

  /// One name of the chain.
  public struct Hop: Sendable, Equatable {
    public var name: Name
    /// The rule that decided.
    public var rule: Rule
    /// The rules without which it would have decided otherwise, itself among them.
    public var rules: [Rule]
    /// S-numbers, then other sources, the first being the reason's own.
    public var citations: [String]
    /// Row of the truth table, such as `1` or `5b`; `nil` for a name outside of it.
    public var row: String?
    /// Column of the truth table, such as `a3`.
    public var column: String
    /// The words that the packet carries as well.
    public var reason: String
    public var facts: [Fact]
  }

  public var name: Name
  public var type: RecordType
  /// Who asks, in words: `i-0aaa0001, EC2-Classic us-east-1, linked to vpc-1a2b3c4d, …`
  public var asker: [String]
  /// Column of the truth table for this asker when nothing more is known.
  public var column: String
  /// `nil`: no answer is sent.
  public var code: ResponseCode?
  public var answer: [Record]
  public var authority: [Record]
  /// What a refusal or the end of a chain says.
  public var error: Response.ExtendedError?
  public var hops: [Hop]
  /// Sources of what is true of the resolver itself.
  public var citations: [String]

  /// Every source, hop by hop, each once.
  public var allCitations: [String] {
    var result: [String] = []
    for one in citations + hops.flatMap(\.citations) where !result.contains(one) { result.append(one) }
    return result
  }

  /// The text that `serve --explain` puts into the packet when there is room: of a long chain its end, which decides.
  public var packetText: String {
    if let error { return error.text }
    var text = hops.last?.reason ?? ""
    for hop in hops.dropLast().reversed() {
      let longer = "\(hop.reason); \(text)"
      if longer.utf8.count > Limits.errorTextOctets { break }
      text = longer
    }
    return text
  }
}

extension Snapshot {
  /// What `asker` gets for a name, over TCP, by the one way that every packet goes.
  /// - Parameter network: The network whose resolver is asked.
  public func explain(_ asker: Asker, in network: Network = .any, name: Name, type: RecordType) -> Explanation {
    let arrival = Arrival(
      source: .v4(IPv4Address(rawValue: 0)), destination: .v4(IPv4Address(rawValue: 0)), port: 0, network: network,
      isTCP: true, trustsClientSubnet: false)
    var scratch = Scratch()
    let query = Query.message(name: name, type: type)
    var octets = query + [UInt8](repeating: 0, count: Limits.tcpOctets - query.count)
    var room = octets.mutableSpan
    let count = answer(
      tables, generation: generation, arrival, messageOf: query.count, in: &room, from: asker, scratch: &scratch)
    let response = count > 0 ? Response(Array(octets[..<count])) : nil
    let failure = scratch.errorCode.map {
      Response.ExtendedError(code: $0, text: scratch.errorText.text)
    }
    let verdicts = (0..<scratch.hopCount).map { scratch.hops[$0] }
    return Explanation(
      name: name, type: type, asker: tables.describe(asker), column: tables.column(asker), code: response?.code,
      answer: response?.answer ?? [], authority: response?.authority ?? [], error: failure,
      hops: tables.hop(before: asker, in: network, name, isSilent: response == nil)
        + tables.hops(asker, name, verdicts, response?.answer ?? []),
      // What arrives there is answered as EC2-Classic, whatever the VPC has at that address.
      citations: network == .classic && asker.isClassic ? ["S64"] : [])
  }
}

extension Tables {
  /// What decided before any name was looked at: the resolver is silent, or another network's.
  fileprivate borrowing func hop(
    before asker: Asker, in network: Network, _ name: Name, isSilent: Bool
  ) -> [Explanation.Hop] {
    guard isSilent || asker.isForeign else { return [] }
    let rule: Rule = isSilent ? .dnsSupport : .foreignResolver
    let reason = reason(asker, Verdict(.elsewhere, rule))
    return [
      Explanation.Hop(
        name: name, rule: rule, rules: [rule], citations: [reason.citation.text], row: nil, column: column(asker),
        reason: text(reason), facts: facts(asker, Verdict(.elsewhere, rule), nil))
    ]
  }

  fileprivate borrowing func hops(
    _ asker: Asker, _ question: Name, _ verdicts: [Verdict], _ answer: [Record]
  ) -> [Explanation.Hop] {
    var names = answer.filter { $0.type == .cname }.compactMap { Name(wire: $0.data) }[...]
    var name = question
    var result: [Explanation.Hop] = []
    for verdict in verdicts {
      let reason = reason(asker, verdict)
      let hidden = hiddenZone(asker, verdict, name)
      result.append(
        Explanation.Hop(
          name: name, rule: verdict.rule, rules: rules(behind: verdict, asker), citations: citations(reason, verdict),
          row: row(asker, verdict, hidden), column: column(asker, verdict, hidden), reason: text(reason),
          facts: facts(asker, verdict, hidden)))
      switch verdict.outcome {
      case .canonicalName, .delegationName: name = names.popFirst() ?? name
      case .alias(let set): name = self.name(at: Int(setRows[Int(set)].data)) ?? name
      default: break
      }
    }
    return result
  }

  private borrowing func name(at offset: Int) -> Name? {
    Name(wire: data.octets(at: offset, count: data.nameSize(at: offset)))
  }

  /// The reason as the packet has it.
  borrowing func text(_ reason: Reason) -> String {
    let subject = reason.subject == none ? [] : [text(reason.subject)]
    return ([reason.citation.text] + subject + [reason.words.text]).joined(separator: " ")
  }

  /// The source of the reason, and the statements that say the same from another side.
  private borrowing func citations(_ reason: Reason, _ verdict: Verdict) -> [String] {
    let own = reason.citation.text
    switch reason.citation {
    // Turning support on is how to get here (S19), turning it off how to get back (S77).
    case .s74: return [own, "S19"]
    case .s17, .s18: return [own, "S77"]
    case .s28: return [own, "S30"]
    default: return [own]
    }
  }
}
