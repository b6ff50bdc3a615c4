// What callers of the API send: forms, objects in JSON, and Route 53's XML. Each call is carried out as far as it goes,
// compiled, and taken back whole; a world that a call leaves can be read again from its own text.
import Cloud
import ControlPlane
import Readers
import WorldFile

/// The cloud that calls are made to.
struct CallStage: ~Copyable {
  private var rehearsal = Rehearsal(Sample.world, account: "123456789012", region: .usEast1)
  private let text = Self.text(Sample.world)

  private static func text(_ world: World) -> [UInt8] {
    var octets: [UInt8] = []
    WorldWriter.write(world) { octets += $0 }
    return octets
  }

  mutating func perform(_ call: (inout Rehearsal) -> Rehearsal.Ending) throws(Breach) {
    switch call(&rehearsal) {
    case .refused(let code):
      try demand(!code.isEmpty, "refused without a code")
    case .done(let reply, let after):
      try demand(!reply.isEmpty, "no reply")
      guard let after else { return }
      try demand(Self.text(after) != text, "a change that no file would tell of")
      try demand(Self.text(rehearsal.world) == text, "a call that is taken back leaves something")
    }
  }
}

extension Span<UInt8> {
  /// The first line, and what is behind it.
  fileprivate func lineAndRest() -> (line: String, rest: [UInt8]) {
    let all = indices.map { self[$0] }
    let end = all.firstIndex(of: UInt8(ascii: "\n")) ?? all.count
    return (String(decoding: all[..<end], as: UTF8.self), Array(all[min(end + 1, all.count)...]))
  }
}

public final class FormReader: Reader {
  public static let name = "form"
  private var stage = CallStage()

  public init() {}

  /// A form; or a target of JSON 1.1 with its service's name, a line, and an object.
  public func read(_ octets: Span<UInt8>) throws(Breach) {
    let (line, rest) = octets.lineAndRest()
    if line.hasPrefix("Route53Resolver.") {
      try stage.perform { $0.json(line, rest) }
    } else {
      let form = octets.indices.map { octets[$0] }
      try stage.perform { $0.form(form) }
    }
  }
}

public final class XMLCallReader: Reader {
  public static let name = "xml"
  private var stage = CallStage()

  public init() {}

  /// A line with a method, a path and a query, and a body.
  public func read(_ octets: Span<UInt8>) throws(Breach) {
    let (line, rest) = octets.lineAndRest()
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return }
    let sides = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    try stage.perform {
      $0.rest(words[0], path: sides[0], query: sides.count > 1 ? sides[1] : "", rest)
    }
  }
}
