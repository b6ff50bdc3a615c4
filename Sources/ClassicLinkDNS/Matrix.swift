// `classiclink-dns matrix`: what every name is to everybody, as a table.
import ArgumentParser
import DNSWire
import Glibc
import Resolution
import WorldFile

struct Matrix: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print which address each name has for each asker.",
    discussion: """
      WHO is an instance id, a source address, a VPC id, 'classic' (some EC2-Classic host that is not linked) or \
      'internet'. Unless told otherwise, these ask: linked instances, EC2-Classic, each VPC, those that the world \
      names under Requesters, the internet. Where Classic instances are in several Regions, 'classic' is a host of the \
      first Region by name. Askers with equal answers share a column.

      With --diff or --set only the answers that change are printed, before and after, with the reason of the new one.
      """)

  @OptionGroup var place: WorldOptions

  @Option(name: .customLong("from"), help: ArgumentHelp("Who asks. May be repeated.", valueName: "who"))
  var fromTexts: [String] = []

  @Option(
    name: .customLong("name"),
    help: ArgumentHelp(
      "A name to ask for. May be repeated; unless given, the names that the world gives to its own things.",
      valueName: "name"))
  var nameTexts: [String] = []

  @Option(name: .customLong("type"), help: ArgumentHelp("The record type to ask for.", valueName: "type"))
  var typeText = "A"

  @Option(
    help: ArgumentHelp("Print what this world, file or folder, changes. May be repeated.", valueName: "path"))
  var diff: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Print what this changes, such as vpc-1a2b3c4d:ClassicLinkDnsSupported=false; with --diff, in the other world. "
        + "May be repeated.", valueName: "id:member=value"))
  var overrideTexts: [String] = []

  @Flag(help: "Print one JSON object (docs/matrix-json.md).")
  var json = false

  @Flag(help: "Print a table for GitHub.")
  var markdown = false

  @Option(help: ArgumentHelp("Whether to tell private from public addresses by colour.", valueName: "when"))
  var color = ColorChoice.auto

  func validate() throws {
    if json, markdown { throw ValidationError("--json and --markdown exclude each other.") }
    _ = try names()
    _ = try type()
    _ = try overrides()
  }

  private func overrides() throws -> [Override] {
    try overrideTexts.map { text in
      do {
        return try Override(text)
      } catch {
        throw ValidationError("--set \(error).")
      }
    }
  }

  private func names() throws -> [Name] {
    try nameTexts.map { text in
      do {
        return try Name(text)
      } catch {
        throw ValidationError("--name '\(text)': \(error).")
      }
    }
  }

  private func type() throws -> RecordType {
    // 128-255 are types of questions, which no record has (RFC 6895 3.1).
    guard let type = RecordType(typeText), type.rawValue > 0, type != .opt, !(128...255).contains(type.rawValue) else {
      throw ValidationError("--type '\(typeText)': it is one type of records, such as A or AAAA.")
    }
    return type
  }

  func run() throws {
    let source = try place.source()
    let before = try load(source)
    guard isDiff else {
      let names = try names(in: [before])
      let askers = try askers(in: [before])
      let table = MatrixTable(
        before, before.askers(askers.whos).compactMap { $0 }, names.names, try type(),
        MatrixRest(names: names.leftOut, askers: askers.leftOut))
      return try show(table)
    }
    let after = try load(diff.isEmpty ? source : .files(diff), setting: try overrides())
    let names = try names(in: [before, after])
    let askers = try askers(in: [before, after])
    try show(
      MatrixChanges(
        from: before, to: after, askers.whos, names.names, try type(),
        MatrixRest(names: names.leftOut, askers: askers.leftOut)))
  }

  private var isDiff: Bool { !diff.isEmpty || !overrideTexts.isEmpty }

  private func load(_ source: WorldSource, setting overrides: [Override] = []) throws -> MatrixWorld {
    let line = ProgressLine()
    defer { line?.clear() }
    do throws(WorldProblems) {
      let world = try readWorld(from: source, setting: overrides, showing: line)
      line?.showCompiling(world)
      return MatrixWorld(world)
    } catch {
      for problem in error.problems { complain(problem) }
      throw error.exitCode
    }
  }

  private func names(in worlds: [MatrixWorld]) throws -> MatrixNames {
    let given = try names()
    return given.isEmpty ? MatrixNames(of: worlds.map(\.world), type: try type()) : MatrixNames(given)
  }

  /// Those of `--from`, each known to some of the worlds; or those of every world.
  private func askers(in worlds: [MatrixWorld]) throws -> MatrixAskers {
    guard fromTexts.isEmpty else {
      let whos = fromTexts.map { Who($0) }
      let known = worlds.map { $0.snapshot.tables.askers(whos) }
      for (index, who) in whos.enumerated() where !known.contains(where: { $0[index] != nil }) {
        let nearest = worlds[0].world.nearestAsker(to: who).map { "; did you mean \($0)?" } ?? ""
        complain("--from \(who): the world has no such instance or VPC\(nearest)")
        throw ExitCode.wrongUsage
      }
      return MatrixAskers(unique: whos)
    }
    let all = worlds.map { MatrixAskers(of: $0.world, $0.snapshot) }
    return all.dropFirst().reduce(all[0]) { $0.union($1) }
  }

  // MARK: Printing

  private func show(_ table: MatrixTable) throws {
    let text = MatrixText(width: Terminal.width, hasColor: color.isOn)
    try StandardOutput.write(json ? table.json() : markdown ? table.markdown() : text.text(table))
  }

  private func show(_ changes: MatrixChanges) throws {
    let text = MatrixText(width: Terminal.width, hasColor: color.isOn)
    try StandardOutput.write(json ? changes.json() : markdown ? changes.markdown() : text.text(changes))
  }
}
