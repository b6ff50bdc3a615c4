// Octets that nobody would send, to each place that reads what others wrote. libFuzzer makes them and looks which code
// they reach; what it finds is kept in Corpus and played again by `make fuzz SECONDS=1`.
import CFuzzer
import Cloud
import Foundation
import Glibc
import WorldFile

/// One place that reads. It must come back from any octets, and what it makes of them must be right.
protocol Reader {
  static var name: String { get }
  static func read(_ octets: [UInt8])
}

let readers: [any Reader.Type] = [PacketReader.self, ZoneReader.self, WorldReader.self, FormReader.self, XMLReading.self]

@main
enum Fuzz {
  nonisolated(unsafe) static var reader: any Reader.Type = PacketReader.self

  static func main() {
    let name = CommandLine.arguments.dropFirst().first ?? ""
    guard let found = readers.first(where: { $0.name == name }) else {
      fail("Fuzz \(readers.map(\.name).joined(separator: "|")) [libFuzzer's arguments]")
    }
    unsafe reader = found
    // libFuzzer's own arguments are those behind the name.
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv + 1
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { octets, count in
      let octets = unsafe [UInt8](UnsafeBufferPointer(start: octets, count: count))
      unsafe Fuzz.reader.read(octets)
      return 0
    }
    exit(status)
  }

  static func fail(_ message: String) -> Never {
    let octets = Array((message + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, octets, octets.count)
    exit(64)
  }
}

/// The world that is asked and changed.
let sample: World = {
  let zones = URL(fileURLWithPath: #filePath).appending(path: "../../../../zones/three-tier").standardized
  do throws(LoadFailure) {
    return try WorldFile.load([zones.path]).world
  } catch {
    Fuzz.fail("\(error.problems)")
  }
}()

/// A promise that was not kept: libFuzzer keeps the octets that led to it.
func demand(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError(promise()) }
}
