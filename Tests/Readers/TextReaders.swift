// Files that people write: zones and worlds. Whatever they hold, each problem has a place, and what is taken can be
// used.
import DNSWire
import Glibc
import Resolution
import WorldFile
import ZoneFile

public final class ZoneReader: Reader {
  public static let name = "zone"
  private let origin = try? Name("example.com")

  public init() {}

  public func read(_ octets: Span<UInt8>) throws(Breach) {
    guard let origin else { return }
    let text = octets.indices.map { octets[$0] }
    let (records, problems) = ZoneFile.read(text, origin: origin)
    let lines = text.count { $0 == UInt8(ascii: "\n") } + 1
    for problem in problems { try demand((1...lines).contains(problem.line), "a problem in line \(problem.line)") }
    for record in records {
      try demand((1...lines).contains(record.line), "a record in line \(record.line)")
    }
  }
}

/// A world is read from a file: one in memory.
public final class WorldReader: Reader {
  public static let name = "world"
  private let path = "/dev/shm/classiclink-dns-\(getpid())-\(UInt32.random(in: .min ... .max))"

  public init() {}

  deinit { for suffix in Self.suffixes { unsafe unlink(path + suffix) } }

  private static let suffixes = [".json", ".yaml"]

  /// A file that begins with a bracket is JSON, any other one YAML.
  public func read(_ octets: Span<UInt8>) throws(Breach) {
    let text = octets.indices.map { octets[$0] }
    let isJSON = text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[")
    let file = path + Self.suffixes[isJSON ? 0 : 1]
    try write(text, to: file)
    do throws(LoadFailure) {
      let world = try WorldFile.load([file]).world
      _ = Compiler.compile(world, generation: 1)
    } catch {
      try demand(!error.problems.isEmpty, "refused without a reason")
    }
  }

  private func write(_ text: [UInt8], to file: String) throws(Breach) {
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    try demand(descriptor >= 0, "no room for \(file)")
    defer { close(descriptor) }
    try demand(unsafe Glibc.write(descriptor, text, text.count) == text.count, "no room for \(file)")
  }
}
