// The manual page and the program say the same: `make man` writes the page from the program's help, and this notices
// when nobody did.
import Foundation
import TestSupport
import Testing

@Suite("The manual page")
struct ManualTests {
  /// A command as `--experimental-dump-help` tells it, as far as it matters here.
  struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        var kind: String
        var name: String
      }
      var names: [Name]?
      var abstract: String?
      var shouldDisplay: Bool
    }
    var commandName: String
    var abstract: String?
    var arguments: [Argument]?
    var subcommands: [Command]?
  }
  struct Help: Decodable { var command: Command }

  @Test("Each command, each option and each sentence of the help stands in it")
  func isUpToDate() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("manual-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = try Program(["--experimental-dump-help"], in: folder)
    #expect(program.exitStatus() == 0)
    let help = try JSONDecoder().decode(Help.self, from: Data(program.said.utf8))
    let page = MatrixRun.package.appendingPathComponent("docs/man/classiclink-dns.1")
    let letters = Self.letters(try String(contentsOf: page, encoding: .utf8))
    #expect(help.command.subcommands?.count ?? 0 >= 5)
    Self.check(help.command, letters)
  }

  private static func check(_ command: Command, _ page: String) {
    expect(command.commandName, page)
    if let abstract = command.abstract { expect(abstract, page) }
    for argument in command.arguments ?? [] where argument.shouldDisplay {
      for name in argument.names ?? [] { expect(name.name, page) }
      if let abstract = argument.abstract { expect(abstract, page) }
    }
    for subcommand in command.subcommands ?? [] where subcommand.commandName != "help" { check(subcommand, page) }
  }

  private static func expect(_ text: String, _ page: String) {
    #expect(page.contains(letters(text)), "`make man`: the page lacks \(text)")
  }

  /// What is left of a text without the marks of a manual page.
  private static func letters(_ text: String) -> String {
    String(text.unicodeScalars.filter { CharacterSet.alphanumerics.contains($0) })
  }
}
