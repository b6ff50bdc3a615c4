// The file of `--api-token`: an argument of a command line everybody on the machine could read.
import ArgumentParser
import ControlPlane
import WorldFile

extension APIToken {
  /// Why a file gives no token.
  struct FileFailure: Error, CustomStringConvertible {
    let description: String
    let exitCode: ExitCode
  }

  init(file path: String) throws(FileFailure) {
    func failure(_ why: String, _ exitCode: ExitCode) -> FileFailure {
      FileFailure(description: "--api-token \(path): \(why)", exitCode: exitCode)
    }
    let octets: [UInt8]
    do throws(PathError) {
      octets = try WorldFile.contents(ofFile: path)
    } catch {
      switch error {
      case .missing: throw failure("there is no such file", .noSuchFile)
      case .unreadable(let why): throw failure(why, .noPermission)
      }
    }
    do throws(Problem) {
      try self.init(octets)
    } catch {
      throw failure("\(error)", .badData)
    }
  }
}
