// `classiclink-dns check` from the outside (world.md 3): places, what to do, the sum, exit status, JSON.
import Foundation
import TestSupport
import Testing

@Suite struct CheckTests {
  private static let zones = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("zones").path

  /// A VPC without hostnames and with idle ClassicLink DNS support (S75): one warning.
  private static let idle = """
    Region: us-east-1
    Vpcs:
      - VpcId: vpc-1a2b3c4d
        CidrBlock: 10.0.0.0/16
        ClassicLinkEnabled: true
        ClassicLinkDnsSupported: true

    """

  /// Runs `check` on a world of this text; `WORLD` in the output stands for its path.
  private func check(_ text: String, _ more: String...) throws -> (status: Int32?, said: String) {
    let folder = try Folder()
    try folder.write(text, to: "world.yaml")
    return try check(in: folder, [folder.path("world.yaml")], more)
  }

  private func check(in folder: Folder, _ paths: [String], _ more: [String] = []) throws -> (Int32?, String) {
    let program = try Program(["check"] + paths.flatMap { ["--world", $0] } + more, in: folder.url)
    let status = program.exitStatus()
    #expect(program.logged.isEmpty)
    return (status, program.said.replacing(folder.url.path + "/", with: ""))
  }

  @Test func `a warning has its place, what to do stands below it, and the world can be served`() throws {
    let (status, said) = try check(Self.idle)
    #expect(status == 0)
    #expect(
      said == """
        world.yaml:3:5: warning: ClassicLink DNS support of vpc-1a2b3c4d has no effect: EnableDnsHostnames is off (S75)
            turn on EnableDnsHostnames of vpc-1a2b3c4d
        world.yaml: 0 errors, 1 warning: it can be served

        """)
  }

  @Test func `doing what it says clears it`() throws {
    let (status, said) = try check(Self.idle + "    EnableDnsHostnames: true\n", "--strict")
    #expect(status == 0)
    #expect(said == "world.yaml: 0 errors, 0 warnings: it can be served\n")
  }

  @Test func `--strict is 65 when there is a warning`() throws {
    let (status, said) = try check(Self.idle, "--strict")
    #expect(status == 65)
    #expect(said.hasSuffix("world.yaml: 0 errors, 1 warning: it can be served, but not with --strict\n"))
  }

  @Test func `every error is printed, and the world cannot be served`() throws {
    let (status, said) = try check(
      """
      Vpcs:
        - {VpcId: vpc-1, CidrBlock: 10.0.0.1/16}
        - {VpcId: vpc-2, CidrBlock: 54.0.0.0/8}

      """)
    #expect(status == 65)
    let lines = said.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("world.yaml:2:") && lines[0].contains(": error: "))
    #expect(lines[1].hasPrefix("world.yaml:3:") && lines[1].contains(": error: "))
    #expect(lines[2] == "world.yaml: 2 errors, 0 warnings: it cannot be served")
  }

  @Test func `an unknown key, a range with host bits and a reference to nothing come at once`() throws {
    let (status, said) = try check(
      """
      Vpcz:
        - {VpcId: vpc-1, CidrBlock: 10.0.0.0/16}
      Vpcs:
        - {VpcId: vpc-2, CidrBlock: 10.1.0.1/16}
      Instances:
        - {InstanceId: i-1, VpcId: vpc-1}
        - {InstanceId: i-2, VpcId: vpc-2}
        - {InstanceId: i-3, VpcId: vpc-3}

      """)
    #expect(status == 65)
    let lines = said.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0] == "world.yaml:1:1: error: unknown key \"Vpcz\"; did you mean \"Vpcs\"?")
    #expect(lines[1].hasPrefix("world.yaml:4:31: error: CidrBlock must be an IPv4 range"))
    #expect(lines[2] == "world.yaml:8:30: error: there is no VPC vpc-3")
    #expect(lines[3] == "world.yaml: 3 errors, 0 warnings: it cannot be served")
  }

  @Test func `more addresses of one name than an answer can count are refused, where serving would end the process`()
    throws
  {
    let addresses = (0..<65_536).map { "{\"IpAddress\":\"198.18.\($0 >> 8).\($0 & 255)\"}" }
    let folder = try Folder()
    try folder.write(
      """
      {"LoadBalancers":[{"LoadBalancerArn":"lb","DNSName":"lb.elb.us-east-1.amazonaws.com","Scheme":"internet-facing",
      "AvailabilityZones":[{"ZoneName":"us-east-1a","LoadBalancerAddresses":[\(addresses.joined(separator: ","))]}]}]}

      """, to: "world.json")
    let (status, said) = try check(in: folder, [folder.path("world.json")])
    #expect(status == 65)
    #expect(said.contains("error: 65536 addresses of lb are too many: there are 10000 at most\n"))
    #expect(said.hasPrefix("world.json:2:"))
  }

  @Test func `a key that stands twice is told where it stands again`() throws {
    let (status, said) = try check("Vpcs: []\nInstances: []\nVpcs:\n  - {VpcId: vpc-1, CidrBlock: 10.0.0.0/16}\n")
    #expect(status == 65)
    #expect(said.hasPrefix("world.yaml:3:1: error: \"Vpcs\" stands twice in one mapping\n"))
  }

  @Test func `a file that is missing is 66, no world and an unknown flag 64`() throws {
    let folder = try Folder()
    let (status, said) = try check(in: folder, [folder.path("none.yaml")])
    #expect(status == 66)
    #expect(said.hasPrefix("none.yaml: error: no such file or folder\n"))
    #expect(said.hasSuffix("1 error, 0 warnings: it cannot be served\n"))
    for arguments in [["check"], ["check", "--world", "x", "--nonsense"]] {
      #expect(try Program(arguments, in: folder.url).exitStatus() == 64)
    }
  }

  @Test func `several worlds are one, in the order of their files and lines`() throws {
    let folder = try Folder()
    try folder.write("Vpcs: [{VpcId: vpc-2, CidrBlock: 10.0.0.0/16}]\n", to: "b.yaml")
    try folder.write("Vpcs:\n- {VpcId: vpc-3, CidrBlock: 54.0.0.0/16}\n", to: "c.yaml")
    try folder.write(Self.idle, to: "a.yaml")
    let (status, said) = try check(in: folder, ["c.yaml", "a.yaml", "b.yaml"].map(folder.path))
    #expect(status == 0)
    let places = said.split(separator: "\n").filter { $0.contains(": warning: ") }.map { $0.prefix(10) }
    #expect(places == ["c.yaml:2:3", "a.yaml:3:5", "b.yaml:1:8"])
    #expect(said.contains("c.yaml, a.yaml, b.yaml: 0 errors, 3 warnings"))
  }

  @Test(arguments: ["three-tier", "peering", "failover"])
  func `the sample worlds have no trap`(world: String) throws {
    let (status, said) = try check(in: Folder(), [Self.zones + "/" + world], ["--strict"])
    #expect(status == 0)
    #expect(said == "\(Self.zones)/\(world): 0 errors, 0 warnings: it can be served\n")
  }

  @Test func `classic-resolver has the one that its comment tells (S64)`() throws {
    let (status, said) = try check(in: Folder(), [Self.zones + "/classic-resolver"])
    #expect(status == 0)
    let lines = said.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines[0].hasPrefix("\(Self.zones)/classic-resolver/world.yaml:18:5: warning: dopt-17216000 of vpc-17216000"))
    #expect(lines[0].contains("linked i-0ccc0003 cannot reach it (S64, S65)"))
    #expect(lines[2].hasSuffix("/classic-resolver: 0 errors, 1 warning: it can be served"))
  }

  // MARK: JSON

  private struct Document: Decodable {
    struct Notice: Decodable {
      struct Item: Decodable {
        var kind: String
        var id: String
      }
      var severity: String
      var file: String
      var line: Int?
      var column: Int?
      var message: String
      var trap: String?
      var title: String?
      var references: [String]?
      var item: Item?
      var mend: String?
    }
    var version: Int
    var paths: [String]
    var canBeServed: Bool
    var passed: Bool
    var errors: Int
    var warnings: Int
    var notices: [Notice]
  }

  private func document(_ text: String, _ more: String...) throws -> (Int32?, Document) {
    let folder = try Folder()
    try folder.write(text, to: "world.yaml")
    let (status, said) = try check(in: folder, [folder.path("world.yaml")], ["--json"] + more)
    return (status, try JSONDecoder().decode(Document.self, from: Data(said.utf8)))
  }

  @Test func `a trap as JSON`() throws {
    let (status, document) = try document(Self.idle, "--strict")
    #expect(status == 65)
    #expect(document.version == 1 && document.paths == ["world.yaml"])
    #expect(document.canBeServed && !document.passed)
    #expect(document.errors == 0 && document.warnings == 1)
    let notice = try #require(document.notices.first)
    #expect(notice.severity == "warning" && notice.file == "world.yaml" && notice.line == 3 && notice.column == 5)
    #expect(notice.trap == "idle-classiclink-dns" && notice.references == ["S75"])
    #expect(notice.item?.kind == "VPC" && notice.item?.id == "vpc-1a2b3c4d")
    #expect(notice.message == "ClassicLink DNS support of vpc-1a2b3c4d has no effect: EnableDnsHostnames is off")
    #expect(notice.mend == "turn on EnableDnsHostnames of vpc-1a2b3c4d")
    #expect(notice.title != nil)
  }

  @Test func `an error as JSON has no trap, and a missing file no line`() throws {
    let (status, document) = try document("Vpcs: [{VpcId: vpc-1}]\n")
    #expect(status == 65)
    #expect(!document.canBeServed && !document.passed && document.errors == 1)
    #expect(document.notices.first?.trap == nil && document.notices.first?.line == 1)
    let folder = try Folder()
    let (missing, said) = try check(in: folder, [folder.path("none.yaml")], ["--json"])
    #expect(missing == 66)
    let none = try JSONDecoder().decode(Document.self, from: Data(said.utf8))
    #expect(none.notices.first?.file == "none.yaml" && none.notices.first?.line == nil)
  }

  // MARK: The same in the log of `serve`

  @Test func `serve logs the traps at start and at reload, twenty of them`() throws {
    let folder = try Folder()
    try folder.write(Self.idle, to: "world.yaml")
    let program = try Program(
      ["serve", "--world", folder.path("world.yaml"), "--listen", "127.0.0.1:0"], in: folder.url)
    try program.wait { program.said.hasSuffix("\n") }
    #expect(program.logged.contains("world.yaml:3:5: warning: ClassicLink DNS support of vpc-1a2b3c4d has no effect"))
    let vpcs = (10..<33).map { "  - {VpcId: vpc-\($0), CidrBlock: 54.\($0).0.0/16}\n" }
    try folder.write("Region: us-east-1\nVpcs:\n" + vpcs.joined(), to: "world.yaml")
    program.signal(SIGHUP)
    try program.wait { program.logged.contains("generation=2") }
    #expect(program.logged.components(separatedBy: "has the publicly routable range").count - 1 == 20)
    #expect(program.logged.contains("and 3 more: run classiclink-dns check"))
    program.signal(SIGTERM)
    #expect(program.exitStatus() == 0)
  }
}
