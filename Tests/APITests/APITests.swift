// The stories in Python under Stories: boto3 and the `aws` command against a server of their own, `dig` after each
// reply. Each file is one test here.
import Foundation
import TestSupport
import Testing

@Suite("Calls by boto3 and the aws command, and what dig says then")
struct APITests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Stories")
  static let stories = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasPrefix("test_") && $0.hasSuffix(".py") }.sorted()

  /// The first Python that has boto3: Debian's packages belong to its own.
  static let python = ["python3", "/usr/bin/python3"].first { run([$0, "-c", "import boto3"]).status == 0 }

  @Test("There are stories, and there is a Python to play them")
  func isReady() {
    #expect(!Self.stories.isEmpty)
    #expect(Self.python != nil, "make setup installs python3-boto3 and awscli")
  }

  @Test(arguments: stories)
  func plays(story: String) throws {
    let python = try #require(Self.python)
    let (status, output) = Self.run([python, Self.folder.appendingPathComponent(story).path])
    #expect(status == 0, "\(output)")
    // Else nobody would hear of it. In CI the story has failed.
    for line in output.split(separator: "\n") where line.contains("skipped") { print("\(story): \(line)") }
  }

  @Test(
    "A skipped test of a story is a failure in CI, but for the reasons that are good there",
    arguments: [
      ("CI=true", "namespaces are forbidden here", false), ("CI=", "namespaces are forbidden here", true),
      ("CI=true", "a sanitizer needs what the unit takes away", true),
    ])
  func skips(variable: String, reason: String, passes: Bool) throws {
    let python = try #require(Self.python)
    let story = """
      import sys, unittest
      sys.path.insert(0, sys.argv.pop())
      import stage
      class Story(unittest.TestCase):
        @unittest.skip(sys.argv.pop())
        def test(self): pass
      stage.main()
      """
    let (status, output) = Self.run([variable, python, "-c", story, reason, Self.folder.path])
    #expect((status == 0) == passes && output.contains(reason), "\(output)")
  }

  private static func run(_ command: [String]) -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(
      [
        "CLASSICLINK_DNS": Program.executable, "PYTHONDONTWRITEBYTECODE": "1", "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
      ]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    do { try process.run() } catch { return (127, "\(error)") }
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
