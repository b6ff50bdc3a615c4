// `classiclink-dns export`: a whole world as one file, always in the same order.
import ArgumentParser
import WorldFile

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a whole world as one file.",
    discussion: """
      The file is JSON in the shapes of AWS's own output, in an order that no change of anything else disturbs: fit to \
      be kept in git, to be read by --world and to be imported again.
      """)

  @OptionGroup var place: WorldOptions

  @Option(
    help: ArgumentHelp(
      "The file to write, whole or not at all; standard output unless given.", valueName: "file"))
  var output: String?

  func run() throws {
    let source = try place.source()
    let line = ProgressLine()
    defer { line?.clear() }
    do {
      let world = try readWorld(from: source, showing: line)
      guard let output else {
        return try WorldWriter.write(world) { octets throws(ExitCode) in try StandardOutput.write(octets) }
      }
      try WholeFile.write(output) { append throws(WholeFile.Failure) in
        try WorldWriter.write(world) { octets throws(WholeFile.Failure) in try append(octets) }
      }
    } catch let problems as WorldProblems {
      for problem in problems.problems { complain(problem) }
      throw problems.exitCode
    } catch let failure as WholeFile.Failure {
      complain("--output \(failure)")
      throw failure.isPermission ? ExitCode.noPermission : ExitCode.notAvailable
    }
  }
}
