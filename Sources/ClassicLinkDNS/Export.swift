// `classiclink-dns export`: a whole world as one file, always in the same order.
import ArgumentParser
import Foundation
import Glibc
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
        return try WorldWriter.write(world) { try FileHandle.standardOutput.write(contentsOf: Data($0)) }
      }
      try replaceFile(output) { file in
        try WorldWriter.write(world) { try file.write(contentsOf: Data($0)) }
      }
    } catch let problems as WorldProblems {
      for problem in problems.problems { complain(problem) }
      throw problems.exitCode
    } catch let error as CocoaError {
      complain("\(output ?? "standard output"): cannot be written: \(error.localizedDescription)")
      throw error.code == .fileWriteNoPermission ? ExitCode.noPermission : ExitCode.notAvailable
    }
  }

  /// Writes a file beside it that takes its name when it is whole.
  private func replaceFile(_ path: String, _ write: (FileHandle) throws -> Void) throws {
    let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier).new"
    try Data().write(to: URL(fileURLWithPath: draft))
    do {
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: draft))
      try write(file)
      try file.synchronize()
      try file.close()
      guard unsafe rename(draft, path) == 0 else {
        throw CocoaError(errno == EACCES ? .fileWriteNoPermission : .fileWriteUnknown)
      }
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      throw error
    }
  }
}
