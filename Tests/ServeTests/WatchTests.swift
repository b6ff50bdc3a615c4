// `serve --watch` from the outside: what is looked at, and what is not.
import Foundation
import TestSupport
import Testing

@Suite struct WatchTests {
  private static func world(zone: String) -> String {
    """
    Region: us-east-1
    HostedZones: [{Id: Z1, Name: corp.example, ZoneFile: \(zone)}]

    """
  }

  /// A public zone with one name; the file refers to it.
  private func folder(zone: String = "a.zone") throws -> Folder {
    let folder = try Folder()
    try folder.write(Self.world(zone: zone), to: "world.yaml")
    try folder.write("www 60 A 192.0.2.1\n", to: "a.zone")
    return folder
  }

  @Test func `a zone file that is edited, and one that is replaced by mv`() throws {
    let folder = try folder()
    let server = try Serving(folder, ["--watch"])
    #expect(try server.ask("www.corp.example") == ["192.0.2.1"])
    // In place: the same inode.
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("a.zone")))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data("www 60 A 192.0.2.22\n".utf8))
    try handle.close()
    try server.waitForLog("generation=2")
    #expect(try server.ask("www.corp.example") == ["192.0.2.22"])
    // As editors do: another inode under the old name, of the same size.
    try folder.write("www 60 A 192.0.2.33\n", to: "new")
    try folder.move("new", to: "a.zone")
    try server.waitForLog("generation=3")
    #expect(try server.ask("www.corp.example") == ["192.0.2.33"])
    server.stop()
  }

  @Test(arguments: [nil, "www 60 A no-address\n"])
  func `a new zone file that is missing or broken is looked at until it is mended`(text: String?) throws {
    let folder = try folder()
    let server = try Serving(folder, ["--watch"])
    if let text { try folder.write(text, to: "b.zone") }
    try folder.write(Self.world(zone: "b.zone"), to: "world.yaml")
    try server.waitForLog("was not changed")
    #expect(server.log.contains("b.zone"))
    #expect(try server.ask("www.corp.example") == ["192.0.2.1"])
    try folder.write("www 60 A 192.0.2.2\n", to: "b.zone")
    try server.waitForLog("generation=2")
    #expect(try server.ask("www.corp.example") == ["192.0.2.2"])
    server.stop()
  }

  @Test func `a folder's files count in any letter case, new ones too`() throws {
    let folder = try folder()
    let server = try Serving(folder, world: ".", ["--watch"])
    try folder.write("Vpcs: [{VpcId: vpc-1, CidrBlock: 172.31.0.0/16}]\n", to: "MORE.YAML")
    try server.waitForLog("generation=2")
    try folder.write("Vpcs: [{VpcId: vpc-1, CidrBlock: 172.31.0.1/16}]\n", to: "MORE.YAML")
    try server.waitForLog("was not changed")
    #expect(server.log.contains("MORE.YAML:1:34: error: CidrBlock"))
    server.stop()
  }

  /// Lets a reading of the world end that waits for the pipe; what happens before it, happens meanwhile.
  private static func feed(_ pipe: String, _ meanwhile: () throws -> Void = {}) throws {
    let descriptor = unsafe open(pipe, O_WRONLY)
    try #require(descriptor >= 0)
    try meanwhile()
    let text = Array("SecurityGroups: []\n".utf8)
    _ = unsafe write(descriptor, text, text.count)
    close(descriptor)
  }

  @Test func `a file that is edited while the world is read is read once more`() throws {
    let folder = try folder()
    func zone(_ address: String) throws { try folder.write("www 60 A \(address)\n", to: "b.zone") }
    let more = try Folder()
    let pipe = more.path("pipe")
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    // The server starts while the pipe is fed.
    Thread.detachNewThread { try? Self.feed(pipe) }
    let server = try Serving(folder, world: ".", ["--world", pipe, "--watch"])
    #expect(try server.ask("www.new.example") == [])
    // A new file, with a zone that nobody has looked at so far; both are edited while they are read.
    try zone("192.0.2.1")
    try folder.write("HostedZones: [{Id: Z2, Name: new.example, ZoneFile: b.zone}]\n", to: "new.yaml")
    try Self.feed(pipe) {
      try zone("192.0.2.2")
      try folder.write("HostedZones: [{Id: Z2, Name: newer.example, ZoneFile: b.zone}]\n", to: "new.yaml")
    }
    try server.waitForLog("generation=2")
    Thread.detachNewThread { try? Self.feed(pipe) }
    try server.waitForLog("generation=3")
    #expect(try server.ask("www.newer.example") == ["192.0.2.2"])
    server.stop()
  }

  @Test func `an editor's lock and hidden files in a folder are no part of it`() throws {
    let folder = try folder()
    // What emacs leaves beside a file while it is edited: a link that leads nowhere.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path(".#world.yaml"), withDestinationPath: "somebody@somewhere.123:456")
    try folder.write("Nonsense: [", to: ".hidden.yaml")
    let server = try Serving(folder, world: ".", ["--watch"])
    #expect(try server.ask("www.corp.example") == ["192.0.2.1"])
    try folder.write("More nonsense: [", to: ".hidden.json")
    // A change that counts, after the one that does not: the log is complete up to it.
    try folder.write("Region: us-west-2\n", to: "more.yaml")
    try server.waitForLog("generation=2")
    #expect(!server.log.contains("hidden") && !server.log.contains("was not changed"))
    server.stop()
  }
}
