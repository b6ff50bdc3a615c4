// The program. Entry is a plain synchronous main, so that a command starts with one thread only.
import ArgumentParser
import Resolution

@main enum Entry {
  static func main() { RootCommand.main() }
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classiclink-dns",
    abstract: "A DNS resolver that answers as Amazon's own does: the address depends on who asks.",
    discussion: """
      Exit status: 0 done, 64 wrong usage, 65 bad input data, 66 no such file, 69 an address or a service is not \
      available, 70 our own fault, 77 no permission.
      """,
    version: productVersion,
    subcommands: [
      Serve.self, Check.self, Explain.self, Matrix.self, StoryCommand.self, Export.self, Import.self,
      JournalCommand.self, Healthcheck.self,
    ])
}
