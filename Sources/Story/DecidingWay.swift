// Asking the rules themselves: the explanation of each answer, from the world files and what is set.
import Cloud
import DNSWire
import Resolution
import WorldFile

/// Reads the world again only when what is set has changed.
public struct DecidingWay: WayToAsk {
  private let paths: [String]
  private var loaded: (overrides: [Override], snapshot: Snapshot)?

  /// - Parameter paths: World files and folders.
  public init(_ paths: [String]) { self.paths = paths }

  public mutating func answer(_ question: Question, with overrides: [Override]) throws(CannotAsk) -> Told {
    let snapshot = try snapshot(overrides)
    let network = question.resolver.map { snapshot.tables.network(destination: $0) } ?? .any
    guard let asker = snapshot.tables.asker(question.who, in: network) else {
      throw CannotAsk("the world has no instance and no VPC \(question.who)")
    }
    let explanation = snapshot.explain(asker, in: network, name: question.name, type: question.type)
    let rows = explanation.hops.compactMap(\.row).map { "row \($0)" }
    return Told(
      reply: Reply(code: explanation.code, answer: explanation.answer, type: question.type),
      citations: explanation.allCitations + rows, reason: explanation.packetText)
  }

  private mutating func snapshot(_ overrides: [Override]) throws(CannotAsk) -> Snapshot {
    if let loaded, loaded.overrides == overrides { return loaded.snapshot }
    do throws(LoadFailure) {
      let world = try WorldFile.load(paths, setting: overrides).world
      let snapshot = Compiler.compile(world, generation: 1)
      loaded = (overrides, snapshot)
      return snapshot
    } catch {
      throw CannotAsk("\(error)")
    }
  }
}
