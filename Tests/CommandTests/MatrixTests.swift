// `classiclink-dns matrix` from the outside: what it prints of the sample worlds, and what of worlds with a twist.
import Cloud
import DNSWire
import Foundation
import Resolution
import TestSupport
import Testing
import WorldFile

@Suite struct MatrixTests {
  private static let golden = MatrixRun.package.appendingPathComponent("Tests/CommandTests/Golden")

  private func expect(_ run: MatrixRun, _ name: String) throws {
    #expect(run.status == 0, "\(run.complained)")
    let expected = try String(contentsOf: Self.golden.appendingPathComponent(name), encoding: .utf8)
    #expect(run.said == expected, "\(name) differs")
  }

  @Test(arguments: MatrixRun.samples)
  func `a sample world prints what is in Golden`(sample: String) throws {
    try expect(try MatrixRun(["--world", MatrixRun.sample(sample)]), "\(sample).txt")
  }

  @Test func `narrow terminals, Markdown and changes print what is in Golden`() throws {
    let world = ["--world", MatrixRun.sample("three-tier")]
    let off = ["--set", "vpc-1a2b3c4d:ClassicLinkDnsSupported=false"]
    try expect(
      try MatrixRun(["--world", MatrixRun.sample("peering")], environment: ["COLUMNS": "80"]), "peering-80.txt")
    try expect(try MatrixRun(world + ["--markdown"]), "three-tier.md.txt")
    try expect(try MatrixRun(world + off), "three-tier-support-off.txt")
    try expect(try MatrixRun(world + off + ["--markdown"]), "three-tier-support-off.md.txt")
    try expect(try MatrixRun(world + ["--color", "always"]), "three-tier-color.txt")
  }

  @Test(arguments: MatrixRun.samples)
  func `a cell is an explanation read back`(sample: String) throws {
    let path = MatrixRun.sample(sample)
    let snapshot = Compiler.compile(try WorldFile.load([path]).world, generation: 1)
    let table = try MatrixRun(["--world", path, "--json"]).document(MatrixJSON.self)
    #expect(table.cells.count == table.names.count * table.askers.count && !table.cells.isEmpty)
    for entry in table.cells {
      let found = snapshot.tables.asker(Who(entry.asker))
      let asker = try #require(found)
      let explanation = snapshot.explain(asker, name: try Name(entry.name), type: .a)
      #expect(entry.cell.code == explanation.code?.description)
      #expect(entry.cell.rule == explanation.hops.last.map { "\($0.rule)" })
      #expect(entry.cell.reason == explanation.hops.last?.reason)
      #expect(entry.cell.citations == explanation.allCitations)
      let addresses = explanation.answer.filter { $0.type == .a }.map {
        $0.data.map(String.init).joined(separator: ".")
      }
      #expect(Set(entry.cell.addresses.map(\.address)) == Set(addresses))
      #expect((entry.cell.status == "answer") == !addresses.isEmpty)
    }
  }

  @Test(arguments: MatrixRun.samples)
  func `equal columns are one, and only those`(sample: String) throws {
    let table = try MatrixRun(["--world", MatrixRun.sample(sample), "--json"]).document(MatrixJSON.self)
    func column(_ asker: String) -> [[String]] {
      table.names.map { name in
        let cell = table[name, asker]
        return [cell?.status ?? ""] + (cell?.addresses.map(\.address) ?? [])
      }
    }
    #expect(table.groups.flatMap(\.askers).sorted() == table.askers.map(\.who).sorted())
    for group in table.groups {
      let first = try #require(group.askers.first)
      for asker in group.askers { #expect(column(asker) == column(first)) }
      #expect(group.heading == first + (group.askers.count > 1 ? " +\(group.askers.count - 1)" : ""))
    }
    #expect(Set(table.groups.map { column($0.askers[0]) }).count == table.groups.count)
  }

  @Test func `everybody asks whose view can differ`() throws {
    let table = try MatrixRun(["--world", MatrixRun.sample("three-tier"), "--json"]).document(MatrixJSON.self)
    #expect(
      table.askers.map(\.who) == [
        "i-0aaa0001", "classic", "vpc-1a2b3c4d", "vpc-5e6f7a8b", "i-0bbb0002", "internet",
      ])
    #expect(table.leftOut == MatrixJSON.Rest(names: 0, askers: 0))
  }

  // MARK: Look

  @Test func `colour is for terminals, and a mark takes its place`() throws {
    let world = ["--world", MatrixRun.sample("three-tier"), "--name", "ec2-203-0-113-25.compute-1.amazonaws.com"]
    for (arguments, environment, hasColor) in [
      ([], [:], false), (["--color", "auto"], ["NO_COLOR": "1"], false), (["--color", "never"], [:], false),
      (["--color", "always"], [:], true), (["--color", "always"], ["NO_COLOR": "1"], true),
    ] as [([String], [String: String?], Bool)] {
      let run = try MatrixRun(world + arguments, environment: environment)
      #expect(run.said.contains("\u{1b}[32m10.0.0.5\u{1b}[0m") == hasColor)
      #expect(run.said.contains("\u{1b}[33m203.0.113.25\u{1b}[0m") == hasColor)
      #expect(run.said.contains("10.0.0.5*") == !hasColor)
      #expect(run.said.contains("* private address") == !hasColor)
      #expect(!run.said.contains("203.0.113.25*"))
    }
  }

  @Test(arguments: [60, 80, 100, 120, 160])
  func `no line of cells is wider than the terminal, and no column is lost`(width: Int) throws {
    let world = ["--world", MatrixRun.sample("peering")]
    let wide = try MatrixRun(world)
    let run = try MatrixRun(world, environment: ["COLUMNS": "\(width)"])
    for line in run.lines { #expect(line.count <= width, "\(line)") }
    func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
    let addresses = Set(words(wide.said).filter { $0.first?.isNumber == true })
    func count(_ run: MatrixRun) -> [String: Int] {
      words(run.said).filter(addresses.contains).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(count(run) == count(wide))
  }

  @Test func `lines end where their text ends`() throws {
    for sample in MatrixRun.samples {
      for color in ["always", "never"] {
        let run = try MatrixRun(["--world", MatrixRun.sample(sample), "--color", color])
        for line in run.lines { #expect(line.last != " ", "\(line)") }
      }
    }
  }

  // MARK: Answers without an address

  private static let twisted = """
    Region: us-east-1
    Vpcs:
      - {VpcId: vpc-0000aaaa, CidrBlock: 198.51.100.0/24, EnableDnsHostnames: true}
      - {VpcId: vpc-0000bbbb, CidrBlock: 192.168.0.0/16, EnableDnsSupport: false}
    HostedZones:
      - Id: Z1
        Name: example.com.
        ResourceRecordSets:
          - {Name: inside.example.com., Type: A, TTL: 60, ResourceRecords: [{Value: 198.51.100.7}]}
          - {Name: outside.example.com., Type: A, TTL: 60, ResourceRecords: [{Value: 203.0.113.7}]}
          - {Name: mail.example.com., Type: MX, TTL: 60, ResourceRecords: [{Value: 10 inside.example.com}]}
          - {Name: leaves.example.com., Type: CNAME, TTL: 60, ResourceRecords: [{Value: elsewhere.example.}]}
          - {Name: six.example.com., Type: AAAA, TTL: 60, ResourceRecords: [{Value: "fd00::1"}, {Value: "2001:db8::1"}]}
    """

  @Test func `what is no address is said in a word`() throws {
    let folder = try MatrixWorldFolder(Self.twisted)
    let names = ["inside", "outside", "mail", "leaves", "nothing"].map { "\($0).example.com" } + ["other.example"]
    let run = try MatrixRun(["--world", folder.path, "--json"] + names.flatMap { ["--name", $0] })
    let table = try run.document(MatrixJSON.self)
    func status(_ name: String, _ asker: String) -> String? { table["\(name).", asker]?.status }
    #expect(
      names.map { status($0, "internet") } == ["answer", "answer", "NODATA", "unfinished", "NXDOMAIN", "REFUSED"])
    #expect(names.map { status($0, "vpc-0000bbbb") } == Array(repeating: "silence", count: 6))
    #expect(table["inside.example.com.", "vpc-0000bbbb"]?.code == nil)
    let text = try MatrixRun(["--world", folder.path] + names.flatMap { ["--name", $0] })
    for word in ["NODATA:", "silence:", "unfinished:"] { #expect(text.said.contains("\n\(word) ")) }
  }

  /// S46: a VPC may have a range that is public elsewhere.
  @Test func `an address in the range of a VPC is a private one`() throws {
    let folder = try MatrixWorldFolder(Self.twisted)
    let table = try MatrixRun(["--world", folder.path, "--json"]).document(MatrixJSON.self)
    #expect(table["inside.example.com.", "internet"]?.addresses.map(\.visibility) == ["private"])
    #expect(table["outside.example.com.", "internet"]?.addresses.map(\.visibility) == ["public"])
    let six = try MatrixRun(["--world", folder.path, "--json", "--type", "aaaa"]).document(MatrixJSON.self)
    #expect(
      Set(six["six.example.com.", "internet"]?.addresses ?? []) == [
        MatrixCellJSON.Address(address: "fd00::1", visibility: "private"),
        MatrixCellJSON.Address(address: "2001:db8::1", visibility: "public"),
      ])
  }

  @Test func `other types show their data`() throws {
    let folder = try MatrixWorldFolder(Self.twisted)
    let run = try MatrixRun(["--world", folder.path, "--type", "MX", "--from", "internet", "--json"])
    let table = try run.document(MatrixJSON.self)
    #expect(table.names == ["leaves.example.com.", "mail.example.com."])
    #expect(table["mail.example.com.", "internet"]?.data == ["10 inside.example.com."])
  }

  // MARK: Much

  @Test func `a table that nobody would read is cut, and says so`() throws {
    var text = "Region: us-east-1\nVpcs: [{VpcId: vpc-0000aaaa, CidrBlock: 172.16.0.0/16, ClassicLinkEnabled: true}]\n"
    text += "SecurityGroups: [{GroupId: sg-0000aaaa, GroupName: linked, VpcId: vpc-0000aaaa}]\nInstances:\n"
    let numbers = 0..<250
    for number in numbers { text += "  - {InstanceId: i-\(1000 + number), PrivateIpAddress: 10.9.0.\(number)}\n" }
    text += "ClassicLinkInstances:\n"
    for number in numbers {
      text += "  - {InstanceId: i-\(1000 + number), VpcId: vpc-0000aaaa, Groups: [{GroupId: sg-0000aaaa}]}\n"
    }
    let folder = try MatrixWorldFolder(text)
    let table = try MatrixRun(["--world", folder.path, "--json"]).document(MatrixJSON.self)
    // One linked instance of each VPC, and one hundred names of each kind.
    #expect(table.askers.map(\.who) == ["i-1000", "classic", "vpc-0000aaaa", "internet"])
    #expect(table.names.count == 100)
    #expect(table.leftOut == MatrixJSON.Rest(names: 150, askers: 249))
    let run = try MatrixRun(["--world", folder.path])
    #expect(run.said.contains("\n150 more names are left out"))
    #expect(run.said.contains("\n249 more askers are left out"))
    let given = numbers.flatMap { ["--name", "ip-10-9-0-\($0).ec2.internal", "--from", "i-\(1000 + $0)"] }
    let all = try MatrixRun(["--world", folder.path, "--json"] + given).document(MatrixJSON.self)
    #expect(all.names.count == 250 && all.askers.count == 250)
    #expect(all.leftOut == MatrixJSON.Rest(names: 0, askers: 0))
  }

  @Test func `a world without names asks for one`() throws {
    let folder = try MatrixWorldFolder("Region: us-east-1\n")
    let run = try MatrixRun(["--world", folder.path])
    #expect(run.status == 0 && run.said.contains("--name"))
  }
}
