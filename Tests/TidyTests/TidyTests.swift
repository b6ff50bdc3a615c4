// The house rules that a compiler does not check, checked on the source as text.
import Testing

@Suite("The source as text")
struct TidyTests {
  /// Who may import whom: docs/architecture.md.
  static let arrows: [String: Set<String>] = [
    "DNSWire": [],
    "Cloud": ["DNSWire"],
    "ZoneFile": ["DNSWire", "CLdns"],
    "WorldFile": ["DNSWire", "Cloud", "ZoneFile", "Yams"],
    "Store": ["GRDB", "GRDBSQLite"],
    "Resolution": ["DNSWire", "Cloud"],
    "Traps": ["DNSWire", "Cloud"],
    "Story": ["DNSWire", "Cloud", "WorldFile", "Resolution"],
    "Recursion": ["DNSWire", "CUnbound", "CUnboundLoop"],
    "Transport": ["DNSWire", "Resolution", "Recursion", "CLinux"],
    "Namespaces": ["DNSWire", "Transport", "CNamespaces"],
    "ControlPlane": [
      "DNSWire", "Cloud", "Resolution", "WorldFile", "ZoneFile", "Store", "Crypto", "Hummingbird", "HummingbirdCore",
      "HTTPTypes", "NIOCore", "NIOHTTP1", "Logging", "ServiceLifecycle", "Dispatch", "CoreMetrics",
    ],
    "ClassicLinkDNS": [
      "DNSWire", "Cloud", "WorldFile", "ZoneFile", "Resolution", "Transport", "Recursion", "Traps", "Story", "Store",
      "CLinux", "ControlPlane", "Namespaces", "ArgumentParser", "Logging", "Dispatch", "CoreMetrics",
    ],
  ]
  /// What the toolchain brings, for every module.
  static let toolchain: Set<String> = ["Swift", "Synchronization", "Glibc"]
  /// Modules that may import Foundation.
  static let withFoundation: Set<String> = ["ClassicLinkDNS"]
  /// Modules whose job is a C boundary.
  static let withUnsafe: Set<String> = ["Transport", "Recursion", "ZoneFile", "Store", "Namespaces"]
  /// Files elsewhere that say `unsafe`, each with its reason.
  static let unsafeFiles: [String: String] = [
    "Sources/WorldFile/Paths.swift": "open, fstat, read and readdir: what is no file is told apart before it is read",
    "Sources/ClassicLinkDNS/FileWatch.swift": "stat: a file's change is its size, time and inode",
    "Sources/ClassicLinkDNS/PortFile.swift": "unlink",
    "Sources/ClassicLinkDNS/WholeFile.swift": "open, write and rename: the file appears whole or not at all",
    "Sources/ClassicLinkDNS/Serve.swift": "signal masks of the main thread",
    "Sources/ClassicLinkDNS/ServerUser.swift": "setuid and the system's lists of users and groups",
    "Sources/ClassicLinkDNS/ProgressLine.swift": "write: a line of the terminal without its end",
    "Sources/ClassicLinkDNS/Terminal.swift": "getenv and ioctl: how wide the terminal is",
    "Sources/ClassicLinkDNS/LoadSnapshot.swift": "madvise: the tables of a large world lie in large pages",
    "Sources/ClassicLinkDNS/Seeing/QueryLogFile.swift":
      "open, poll and write: a pipe that nobody reads holds nothing up",
    "Sources/ClassicLinkDNS/Seeing/QueryLog.swift": "poll: the log's thread sleeps",
    "Sources/ClassicLinkDNS/Seeing/ServiceManager.swift": "sendto: a message to systemd",
    "Sources/ClassicLinkDNS/Exec/Exec.swift": "unsetenv, and arguments that are no UTF-8",
    "Sources/ClassicLinkDNS/Exec/Session.swift": "poll: the wait for a command's end",
    "Sources/ClassicLinkDNS/Exec/SessionDoor.swift": "poll: the thread of sessions sleeps",
    "Sources/ClassicLinkDNS/Exec/Shell.swift": "setenv: the prompt of a shell",
    "Sources/ClassicLinkDNS/Service.swift": "poll and signalfd of the main thread",
  ]

  static let longestLine = 120
  static let longestFile = 500

  static let sources = SourceFile.all(in: "Sources")
  static let tests = SourceFile.all(in: "Tests")

  @Test("There is something to look at")
  func isNotEmpty() {
    #expect(Set(Self.sources.map(\.module)) == Set(Self.arrows.keys))
  }

  @Test("Imports follow the arrows", arguments: sources)
  func imports(file: SourceFile) {
    var allowed = Self.toolchain.union(Self.arrows[file.module] ?? [])
    if Self.withFoundation.contains(file.module) { allowed.formUnion(["Foundation", "FoundationEssentials"]) }
    for (module, line) in file.imports {
      #expect(allowed.contains(module), "\(file):\(line) imports \(module)")
    }
  }

  @Test("One module alone imports Yams, ldns, libunbound, GRDB, namespaces and the C side of Linux")
  func singleImporters() {
    let importers = [
      "Yams": ["WorldFile"], "CLdns": ["ZoneFile"], "CUnbound": ["Recursion"],
      "CUnboundLoop": ["Recursion"], "GRDB": ["Store"], "GRDBSQLite": ["Store"],
      // Packets in Transport, signals in the program.
      "CLinux": ["Transport", "ClassicLinkDNS"], "CNamespaces": ["Namespaces"],
    ]
    for (module, modules) in importers {
      for file in Self.sources where !modules.contains(file.module) {
        #expect(!file.imports.contains { $0.module == module }, "\(file) imports \(module)")
      }
    }
  }

  @Test("`unsafe` stands only at a C boundary", arguments: sources)
  func unsafeCode(file: SourceFile) {
    if Self.withUnsafe.contains(file.module) || Self.unsafeFiles[file.path] != nil { return }
    for (index, line) in file.code.enumerated() {
      #expect(!line.contains(#/\bunsafe\b/#), "\(file):\(index + 1) says unsafe")
    }
  }

  @Test("Every exception is still needed")
  func exceptions() {
    for path in Self.unsafeFiles.keys {
      let file = Self.sources.first { $0.path == path }
      #expect(file?.code.contains { $0.contains(#/\bunsafe\b/#) } == true, "\(path) needs no exception")
    }
  }

  @Test("A file opens with its idea", arguments: sources + tests)
  func heads(file: SourceFile) {
    #expect(file.lines.first?.hasPrefix("// ") == true, "\(file):1 is no comment")
  }

  @Test("The file of a rule or a trap names its requirement or its row", arguments: sources)
  func rules(file: SourceFile) {
    let folders = ["Sources/Resolution/Rules/", "Sources/Traps/Catalog/"]
    guard folders.contains(where: file.path.hasPrefix) else { return }
    let head = file.lines.first ?? ""
    #expect(
      head.contains(#/\bS\d+\b|\b[Rr]ows? \d+b?\b|\b[Ss]emantics \d|\b[Dd]ecisions? \d+/#), "\(file):1 cites nothing")
  }

  @Test("No line is too long and no file is too long", arguments: sources + tests)
  func lengths(file: SourceFile) {
    for (index, line) in file.lines.enumerated() {
      // Worlds, zones and packets in a test stand as they are.
      if file.isTest, line.contains("\"") || line.contains("{") { continue }
      #expect(line.count <= Self.longestLine, "\(file):\(index + 1) has \(line.count) columns")
    }
    #expect(file.lines.count <= Self.longestFile, "\(file) has \(file.lines.count) lines")
  }

  @Test("Nothing is left for later", arguments: sources + tests)
  func leftovers(file: SourceFile) {
    // Spelt in two parts, or this line would be one.
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    for (index, line) in file.lines.enumerated() {
      for word in words { #expect(!line.contains(word), "\(file):\(index + 1) says \(word)") }
    }
  }
}
