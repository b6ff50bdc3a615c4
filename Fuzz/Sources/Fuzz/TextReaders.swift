// Files that people write: zones and worlds. Whatever they hold, each problem has a place, and what is taken can be used.
import DNSWire
import Glibc
import Resolution
import WorldFile
import ZoneFile

enum ZoneReader: Reader {
  static let name = "zone"
  private static let origin = try? Name("example.com")

  static func read(_ octets: [UInt8]) {
    guard let origin else { return }
    let (records, problems) = ZoneFile.read(octets, origin: origin)
    let lines = octets.count { $0 == UInt8(ascii: "\n") } + 1
    for problem in problems { demand((1...lines).contains(problem.line), "a problem in line \(problem.line)") }
    for record in records { demand((1...lines).contains(record.line), "a record in line \(record.line)") }
  }
}

enum WorldReader: Reader {
  static let name = "world"
  private static let path = "/dev/shm/classiclink-fuzz-\(getpid())"

  /// The first octet says whether the file is JSON or YAML.
  static func read(_ octets: [UInt8]) {
    guard let kind = octets.first else { return }
    let file = path + (kind & 1 == 0 ? ".json" : ".yaml")
    let text = Array(octets.dropFirst())
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    demand(descriptor >= 0 && unsafe write(descriptor, text, text.count) == text.count, "no room for \(file)")
    close(descriptor)
    do throws(LoadFailure) {
      let world = try WorldFile.load([file]).world
      let snapshot = Compiler.compile(world, generation: 1)
      demand(snapshot.generation == 1, "no snapshot")
    } catch {
      demand(!error.problems.isEmpty, "refused without a reason")
    }
  }
}
