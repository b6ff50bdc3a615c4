// Files that would end the process or hold it up for ever: each is refused in words.
import Cloud
import Foundation
import Testing

@Suite struct HostileFileTests {
  @Test func aFileLongerThanAnyMemoryIsRefused() throws {
    let desk = try Desk()
    for name in ["world.json", "world.yaml"] {
      let file = try FileHandle(forWritingTo: URL(filePath: try desk.put(name, "")))
      // It takes no room on the disk.
      try file.truncate(atOffset: 1 << 40)
      #expect(try desk.problems(name) == ["\(name): error: it is longer than 8 GiB"])
    }
  }

  /// `a0` is a list of ten, `a1` of ten such lists…
  private static let lists =
    "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n"
    + (1...12).map { number in
      "a\(number): &a\(number) [\((0..<10).map { _ in "*a\(number - 1)" }.joined(separator: ", "))]\n"
    }.joined()

  @Test(arguments: ["? *a12\n: 1\n", "*a12 : 1\n", "b: {[*a12]: 1}\n", "b: {{c: *a12}\n: 1}\n", "{*a12 : 1}: 2\n"])
  func aKeyOfAliasesIsRefusedBeforeItIsHashed(key: String) throws {
    let found = try problems(Self.lists + key)
    #expect(found.count == 1 && found[0].contains("error: more than 40 aliases, and what looks like a key"))
  }

  @Test func manyAliasesAreNoMatterWhereKeysAreStrings() throws {
    let vpcs = (0..<60).map { "  - {VpcId: vpc-\($0), CidrBlock: *range, Tags: [{Key: \"a: b\", Value: \"?\"}]}\n" }
    let world = try load("Vpcs:\n  - {VpcId: vpc-x, CidrBlock: &range 10.0.0.0/16}\n" + vpcs.joined())
    #expect(world.vpcs.count == 61)
  }

  @Test func fewAliasesMayStandInKeys() throws {
    #expect(try problems("a: &a x\n? *a\n: 1\n").contains { $0.contains("unknown") || $0.contains("twice") })
  }
}
