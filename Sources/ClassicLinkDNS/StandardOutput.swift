// What a command has to say: somebody may read it from a file, which must not end in the middle without a word.
import ArgumentParser
import Foundation

enum StandardOutput {
  /// Writes the whole text, or ends the command.
  static func write(_ text: String) throws(ExitCode) { try write(Array(text.utf8)) }

  static func write(_ octets: [UInt8]) throws(ExitCode) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(octets))
    } catch {
      complain("standard output: cannot be written: \(error.localizedDescription)")
      throw .notAvailable
    }
  }
}
