// A file with a secret in it, read in one way for all options; the log says so if everybody on the machine may read it.
import ArgumentParser
import WorldFile

struct SecretFile {
  /// Why there is no secret in it; nothing of what it says is told.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    let exitCode: ExitCode
  }

  /// The option that names it.
  let option: String
  let path: String

  /// What to warn of, if there is something: a file's own right is looked at, not those of the folders above.
  var warning: String? {
    guard WorldFile.everybodyMayRead(path) else { return nil }
    return "\(option) \(path): everybody on this machine may read it; chmod o= \(path)"
  }

  func octets() throws(Failure) -> [UInt8] {
    do throws(PathError) {
      return try WorldFile.contents(ofFile: path)
    } catch {
      switch error {
      case .missing: throw failure("there is no such file", .noSuchFile)
      case .unreadable(let why): throw failure(why, .noPermission)
      }
    }
  }

  func failure(_ reason: String, _ exitCode: ExitCode = .badData) -> Failure {
    Failure(description: "\(option) \(path): \(reason)", exitCode: exitCode)
  }
}
