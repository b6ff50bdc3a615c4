// `classiclink-dns check`: whether a world can be served, and which traps are in it, without serving it.
import ArgumentParser

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is wrong with a world, and which traps are in it.",
    discussion: """
      Every error and warning is printed with its place; the line below a trap says what to do. Exit status: 0 when \
      the world can be served, 65 when it cannot, 66 when a file is missing. With --strict a warning is 65 too.
      """)

  @OptionGroup var place: WorldOptions

  @Flag(help: "End with 65 when there is any warning.")
  var strict = false

  @Flag(help: "Print one JSON object (docs/check-json.md).")
  var json = false

  func run() throws {
    let report = CheckReport(try place.source())
    try StandardOutput.write(json ? report.json(strict: strict) : report.text(strict: strict))
    let status = report.exitCode(strict: strict)
    guard status == .success else { throw status }
  }
}
