// libFuzzer brings octets that nobody would send to one of the readers (Tests/Readers), and looks which code they reach.
import CFuzzer
import Glibc
import Readers

public enum Driver {
  nonisolated(unsafe) private static var reader: (any Reader)?

  /// One of the readers, by the program's first argument.
  public static func run(_ readers: [any Reader.Type]) {
    let name = CommandLine.arguments.dropFirst().first ?? ""
    guard let found = readers.first(where: { $0.name == name }) else {
      say("Give one of \(readers.map { $0.name }.joined(separator: "|")) [libFuzzer's arguments]")
      exit(64)
    }
    unsafe reader = found.init()
    atexit { if let count = unsafe Driver.reader?.count, count > 0 { Driver.say("stat::things_done: \(count)") } }
    // libFuzzer's own arguments are those behind the name. To merge it calls itself by the first of all, in a shell.
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv + 1
    unsafe arguments?[0] = strdup("\(CommandLine.arguments[0]) \(name)")
    let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { octets, count in
      unsafe Driver.read(UnsafeBufferPointer(start: octets, count: count).span)
      return 0
    }
    exit(status)
  }

  /// A promise that is not kept ends the process: libFuzzer keeps the octets that led to it.
  private static func read(_ octets: Span<UInt8>) {
    do throws(Breach) {
      try unsafe reader?.read(octets)
    } catch {
      say("Breach: \(error)")
      abort()
    }
  }

  private static func say(_ line: String) {
    let octets = Array((line + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, octets, octets.count)
  }
}
