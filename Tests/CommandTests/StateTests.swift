// A state as a user meets it: import, export and journal, and the questions to it.
import Foundation
import Store
import TestSupport
import Testing

@Suite("The commands of a state")
struct StateTests {
  private let folder: Folder
  private var state: String { folder.path + "/state.db" }

  init() throws { folder = try Folder([]) }

  private func run(_ arguments: String..., asNobody: Bool = false) throws -> (
    status: Int32?, said: String, logged: String
  ) {
    let program = try Program(arguments, in: URL(fileURLWithPath: folder.path), asNobody: asNobody)
    return (program.exitStatus(), program.said, program.logged)
  }

  @Test("A sample world goes in and comes out", arguments: ["classic-resolver", "failover", "peering", "three-tier"])
  func roundTrip(_ name: String) throws {
    let sample = MatrixRun.sample(name)
    #expect(try run("import", "--state", state, "--world", sample).status == 0)
    let file = folder.path + "/world.json"
    #expect(try run("export", "--state", state, "--output", file).status == 0)
    let exported = try String(contentsOfFile: file, encoding: .utf8)
    #expect(try run("export", "--world", sample).said == exported)
    #expect(try run("export", "--world", file).said == exported)
    #expect(try run("import", "--state", state, "--world", file, "--replace").status == 0)
    #expect(try run("export", "--state", state).said == exported)
    #expect(try run("matrix", "--state", state).said == run("matrix", "--world", sample).said)
    let journal = try run("journal", "--state", state)
    #expect(journal.said.split(separator: "\n").filter { $0.hasSuffix("  import  Import") }.count == 2)
    #expect(try run("journal", "--state", state, "--last", "1", "--json").said.contains("\"number\" : 2"))
  }

  @Test("A state is not overwritten by accident, nor by half a world")
  func replacing() throws {
    let sample = MatrixRun.sample("peering")
    #expect(try run("import", "--state", state, "--world", sample).status == 0)
    let before = try run("export", "--state", state).said
    let second = try run("import", "--state", state, "--world", MatrixRun.sample("failover"))
    #expect(second.status == 65 && second.logged.contains("--replace"))
    let broken = folder.path + "/broken.yaml"
    try "Vpcs: [{VpcId: vpc-1}]".write(toFile: broken, atomically: false, encoding: .utf8)
    let third = try run("import", "--state", state, "--world", broken, "--replace")
    #expect(third.status == 65 && third.logged.contains("broken.yaml:1:8: error: CidrBlock is missing"))
    #expect(try run("export", "--state", state).said == before)
  }

  @Test("Questions are answered from the state, also while a server has it")
  func questions() throws {
    let sample = MatrixRun.sample("three-tier")
    let question = ["--from", "i-0aaa0001", "ec2-203-0-113-25.compute-1.amazonaws.com"]
    let fromFiles = try Program(["explain", "--world", sample] + question, in: URL(fileURLWithPath: folder.path))
    #expect(fromFiles.exitStatus() == 0)
    // A state that is not there yet stands behind the files.
    #expect(try run("check", "--world", sample, "--state", state).status == 0)
    #expect(try run("import", "--state", state, "--world", sample).status == 0)
    let server = try Store(state)
    let fromState = try Program(
      ["explain", "--state", state, "--world", MatrixRun.sample("failover")] + question,
      in: URL(fileURLWithPath: folder.path))
    #expect(fromState.exitStatus() == 0)
    #expect(fromState.said == fromFiles.said)
    let refused = try run("import", "--state", state, "--world", sample, "--replace")
    #expect(refused.status == 69 && refused.logged.contains("in use by process \(getpid())"))
    withExtendedLifetime(server) {}
  }

  @Test("What is no state is refused with its reason")
  func refusals() throws {
    #expect(try run("export", "--state", state).status == 66)
    #expect(try run("check").status == 64)
    try Data("no database, but longer than its head would be: sixteen octets".utf8).write(
      to: URL(fileURLWithPath: state))
    for command in [["export"], ["check"], ["journal"], ["matrix"]] {
      let program = try Program(command + ["--state", state], in: URL(fileURLWithPath: folder.path))
      #expect(program.exitStatus() == 65)
      #expect((program.said + program.logged).contains("not an SQLite database"))
    }
  }

  @Test("Who may not write is told so")
  func permission() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    let sample = folder.path + "/world.yaml"
    try "Vpcs: [{VpcId: vpc-1, CidrBlock: 10.0.0.0/16}]".write(toFile: sample, atomically: false, encoding: .utf8)
    let refused = try run("import", "--state", state, "--world", sample, asNobody: geteuid() == 0)
    if geteuid() == 0 {
      #expect(refused.status == 77 && refused.logged.contains("Permission denied"), "\(refused.logged)")
    } else {
      #expect(refused.status == 0)
    }
  }

  @Test("A disk that is full keeps the last good state")
  func diskFull() throws {
    // A file system of 1 MiB of its own, where that is allowed.
    let sample = MatrixRun.sample("three-tier")
    let large = folder.path + "/large.json"
    let instances = (0..<20_000).map { "{\"InstanceId\": \"i-\($0)\", \"KeyName\": \"key\"}" }.joined(separator: ",")
    try "{\"Instances\": [\(instances)]}".write(toFile: large, atomically: false, encoding: .utf8)
    let mount = folder.path + "/disk"
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
    let script = """
      mount -t tmpfs -o size=1m none \(mount) || exit 99
      P="\(Program.executable)"
      $P import --state \(mount)/s.db --world \(sample) || exit 1
      $P export --state \(mount)/s.db > \(folder.path)/before || exit 2
      $P import --state \(mount)/s.db --world \(large) --replace; test $? = 69 || exit 3
      $P export --state \(mount)/s.db > \(folder.path)/after || exit 4
      cmp \(folder.path)/before \(folder.path)/after || exit 5
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["unshare", "-rm", "sh", "-c", script]
    let log = folder.path + "/log"
    try Data().write(to: URL(fileURLWithPath: log))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try process.run()
    process.waitUntilExit()
    let said = try String(contentsOfFile: log, encoding: .utf8)
    if said.contains("unshare failed") || process.terminationStatus == 99 { return }
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.contains("there is no room left on the disk"), "\(said)")
  }
}
