// `classiclink-dns story`: plays a folder's story on the terminal, each question with its answer and its reason.
import ArgumentParser
import Foundation
import Resolution
import Story
import WorldFile

struct StoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "story",
    abstract: "Play a story: a lesson whose questions are asked as you read.",
    discussion: """
      FOLDER holds a world and a story.md, as the folders of zones/ do. Each question of the story is asked, and the \
      answer stands below it with its reason. The exit status is 65 when an answer is not as the story says.
      """)

  @Argument(help: "The folder, or the story's file.", completion: .directory)
  var folder: String

  @Option(help: "Colour: auto, always or never. NO_COLOR is obeyed.")
  var color = ColorChoice.auto

  func run() throws {
    let (folder, file) = try place()
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      complain("\(file): cannot be read as UTF-8 text")
      throw ExitCode.badData
    }
    let story: Story
    do throws(StoryFailure) {
      story = try Story(text, file: file)
    } catch {
      for problem in error.problems { complain("\(problem)") }
      throw ExitCode.badData
    }
    // Whatever is wrong with the world is told once, with its places, and not under every question.
    _ = try read(.files([folder]))
    let stage = Stage(isColored: color.isOn)
    var faults = 0
    for scene in Player(story, way: DecidingWay([folder])) {
      try StandardOutput.write(stage.text(scene) + "\n")
      if case .performance(let one) = scene, !one.isAsTold { faults += 1 }
    }
    guard faults == 0 else {
      complain("\(faults) of \(story.steps.count) answers are not as the story says")
      throw ExitCode.badData
    }
  }

  /// The folder and the story's file, from either.
  private func place() throws -> (folder: String, file: String) {
    let path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
      complain("\(folder): no such file")
      throw ExitCode.noSuchFile
    }
    guard attributes[.type] as? FileAttributeType == .typeDirectory else {
      let parent = (folder as NSString).deletingLastPathComponent
      return (parent.isEmpty ? "." : parent, folder)
    }
    let file = (folder as NSString).appendingPathComponent("story.md")
    guard FileManager.default.fileExists(atPath: file) else {
      complain("\(file): no such file")
      throw ExitCode.noSuchFile
    }
    return (folder, file)
  }
}

/// How a story looks on a terminal.
private struct Stage {
  let isColored: Bool

  func text(_ scene: Scene) -> String {
    switch scene {
    case .prose(let lines): return lines.map(prose).joined(separator: "\n") + "\n"
    case .change(let change): return "    " + dim(change.line) + "\n"
    case .performance(let one): return performance(one)
    }
  }

  private func prose(_ line: String) -> String {
    guard line.hasPrefix("#") else { return line }
    return paint(line.drop { $0 == "#" || $0 == " " }.description, "1")
  }

  private func performance(_ one: Performance) -> String {
    var lines = ["    \(one.step.question)"]
    if let told = one.told {
      lines.append("      " + paint("\(told.reply)", one.isAsTold ? "32" : "31"))
      if !told.reason.isEmpty { lines.append("      " + dim(told.reason)) }
    }
    lines += one.faults.map { "      " + paint("line \(one.step.line): \($0)", "31") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func dim(_ text: String) -> String { paint(text, "2") }

  private func paint(_ text: String, _ code: String) -> String { isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }
}

extension Story.Change {
  /// The command as the story has it.
  fileprivate var line: String {
    switch self {
    case .set(let override): "set \(override.text)"
    case .unset(let subject): "unset \(subject)"
    case .reset: "reset"
    }
  }
}
