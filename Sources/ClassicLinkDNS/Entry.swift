// The program. Entry is a plain synchronous main, so that a command starts with one thread only.
import ArgumentParser
import CLinux
import Foundation
import Glibc
import Namespaces
import Resolution

@main enum Entry {
  static func main() {
    cl_hold_standard_descriptors()
    if CommandLine.arguments.dropFirst().first == Exec._commandName { exec() } else { RootCommand.main() }
  }

  /// Its exit status is the command's; what is its own fault is 125, as with env(1).
  private static func exec() -> Never {
    do {
      var command = try RootCommand.parseAsRoot()
      try command.run()
      RootCommand.exit()
    } catch let end as Exec.End {
      exit(end.status)
    } catch let failure as Exec.Failure {
      complain(failure.description)
    } catch {
      // Help is no failure.
      if RootCommand.exitCode(for: error) == .success { RootCommand.exit(withError: error) }
      let message = RootCommand.fullMessage(for: error)
      if !message.isEmpty { FileHandle.standardError.write(Data("\(message)\n".utf8)) }
    }
    exit(SandboxError.ownFailure)
  }
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
      JournalCommand.self, Healthcheck.self, Exec.self,
    ])
}
