// `classiclink-dns explain`: what somebody gets for a name, why, and what would change it.
import ArgumentParser
import Cloud
import DNSWire
import Glibc
import Resolution
import WorldFile

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what somebody gets for a name, and why.",
    discussion: """
      Prints the answer as dig does, then for each name of the chain the rule that decided, where it is written \
      (S-numbers, rows of the truth table) and the facts that it looked at, and last which single change of the world \
      would change the answer. With --set, the answer is shown as it is now and as it would be.
      """)

  @OptionGroup var place: WorldOptions

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "Who asks: an instance id, a VPC id (some host in it), a source address, 'classic' or 'internet'.",
      valueName: "who"))
  var from: String

  @Option(
    help: ArgumentHelp(
      "The resolver that is asked, by its address: 172.16.0.23, or base + 2 of a VPC; any unless given.",
      valueName: "address"))
  var at: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Answer as if: ID:MEMBER=VALUE, such as vpc-1a2b3c4d:ClassicLinkDnsSupported=false. May be repeated.",
      valueName: "change"))
  var setTexts: [String] = []

  @Flag(help: "Print JSON (docs/explain-json.md).")
  var json = false

  @Argument(help: "The name.")
  var name: String

  @Argument(help: "The record type: A unless given.")
  var type = "A"

  private func question() throws -> (Name, RecordType) {
    guard let type = RecordType(type) else { throw ValidationError("'\(type)' is no record type such as A or PTR.") }
    do throws(Name.TextError) {
      return (try Name(name), type)
    } catch {
      throw ValidationError("'\(name)' is no name: \(error).")
    }
  }

  private func resolver() throws -> IPAddress? {
    guard let at else { return nil }
    guard let address = IPAddress(at) else { throw ValidationError("--at '\(at)' is no address.") }
    return address
  }

  func validate() throws {
    _ = try question()
    _ = try resolver()
    _ = try overrides(setTexts)
  }

  func run() throws {
    let (name, type) = try question()
    let resolver = try resolver()
    let overrides = try overrides(setTexts)
    let who = Who(from)
    let world = try place.source()
    let explained = try read(world)
    let now = try explained.explain(who, at: resolver, name, type)
    if overrides.isEmpty {
      try show(now, nil, Explanation.alternatives(in: explained.world, who: who, at: resolver, name: name, type: type))
    } else {
      try show(now, read(world, setting: overrides).explain(who, at: resolver, name, type), nil)
    }
  }

  /// - Parameter then: The answer as it would be, `nil` without `--set`.
  private func show(_ now: Explanation, _ then: Explanation?, _ alternatives: [Alternative]?) throws {
    if json {
      try StandardOutput.write(jsonText(ExplanationJSON(Who(from), now, alternatives, setting: setTexts, then)) + "\n")
    } else if let then {
      try StandardOutput.write(ExplanationText(now, then, setting: setTexts).text + "\n")
    } else {
      try StandardOutput.write(ExplanationText(now, alternatives).text + "\n")
    }
  }
}

/// What `--set` says, or a usage error.
func overrides(_ texts: [String]) throws -> [Override] {
  try texts.map { text in
    do throws(OverrideSyntaxError) {
      return try Override(text)
    } catch {
      throw ValidationError("--set \(error)")
    }
  }
}

/// The world, or the end of the program with every problem.
func read(_ source: WorldSource, setting overrides: [Override] = []) throws -> ExplainedWorld {
  let line = ProgressLine()
  defer { line?.clear() }
  do throws(WorldProblems) {
    let world = try readWorld(from: source, setting: overrides, showing: line)
    line?.showCompiling(world)
    return ExplainedWorld(world: world, snapshot: Compiler.compile(world, generation: 1))
  } catch {
    for problem in error.problems { complain(problem) }
    throw error.exitCode
  }
}

/// A world with its tables: what-ifs change the one and look at the other.
struct ExplainedWorld {
  var world: World
  var snapshot: Snapshot

  /// Addresses at which each VPC has its own resolver (semantics 2.1).
  private static let sharedResolvers = [
    IPAddress.v4(ResolverAddress.linkLocal), .v6(ResolverAddress.linkLocalIPv6),
  ]

  /// What `who` gets; a usage error when the world does not know him.
  func explain(_ who: Who, at resolver: IPAddress?, _ name: Name, _ type: RecordType) throws -> Explanation {
    let network = resolver.map { snapshot.tables.network(destination: $0) } ?? .any
    if let resolver, network == .any, !Self.sharedResolvers.contains(resolver) {
      throw ValidationError("--at \(resolver): no network of the world, or more than one, has its resolver there.")
    }
    guard let asker = snapshot.tables.asker(who, in: network) else {
      throw ValidationError("--from \(who): the world has no such instance or VPC.")
    }
    return snapshot.explain(asker, in: network, name: name, type: type)
  }
}
