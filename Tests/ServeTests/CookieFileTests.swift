// `serve --cookie-secret`: servers that share a secret, and a secret that changes while clients have cookies (RFC 9018
// 5).
import Foundation
import TestSupport
import Testing

@Suite struct CookieFileTests {
  private static let old = "e5e973e5a6b2a43f48e7dc849e37bfcf"
  private static let new = "445536bcd2513298075a5d379663c962"
  private static let client: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

  private func serving(_ secret: String? = nil) throws -> Serving {
    let folder = try Folder()
    try folder.write("Region: us-east-1\n", to: "world.yaml")
    guard let secret else { return try Serving(folder) }
    try folder.write(secret, to: "secret")
    return try Serving(folder, ["--cookie-secret", folder.path("secret")])
  }

  /// The cookies of an answer to these.
  private func cookie(_ serving: Serving, _ came: [UInt8]) throws -> [UInt8] {
    let question = Message.question(
      id: 1, name: "whoami", type: 16, class: 3, payload: 1232, options: Message.option(10, came))
    return try #require(try Reply(serving.socket().ask(question)).option(10))
  }

  @Test func `servers with one secret take each other's cookies, others do not`() throws {
    let (one, other) = (try serving(Self.old), try serving(Self.new))
    // Lines end as any editor ends them.
    let two = try serving("# ours\r\n\n \(Self.old)\r\n\(Self.new)\r\n")
    let first = try cookie(one, Self.client)
    #expect(try cookie(two, first) == first)
    #expect(try cookie(other, first) != first)
    let (alone, another) = (try serving(), try serving())
    let own = try cookie(alone, Self.client)
    #expect(try cookie(alone, own) == own)
    #expect(try cookie(another, own) != own)
    for serving in [one, two, other, alone, another] { serving.stop() }
  }

  @Test func `a secret is changed in three steps, and each cookie lives on`() throws {
    let serving = try serving(Self.old)
    let first = try cookie(serving, Self.client)
    var reloads = 0
    func change(_ text: String) throws {
      try serving.folder.write(text, to: "secret")
      serving.program.signal(SIGHUP)
      reloads += 1
      try serving.program.wait { serving.log.components(separatedBy: "were read again").count == reloads + 1 }
    }
    // It is known, used, and the old one forgotten.
    try change("\(Self.old)\n\(Self.new)\n")
    #expect(try cookie(serving, first) == first)
    try change("\(Self.new)\n\(Self.old)\n")
    let second = try cookie(serving, first)
    #expect(second != first && second.prefix(8) == first.prefix(8))
    #expect(try cookie(serving, second) == second)
    // Taken, and replaced by one of the new secret: as a message without a question shows.
    #expect(try code(serving, first) == 0)
    try change(Self.new)
    #expect(try cookie(serving, second) == second)
    #expect(try code(serving, second) == 0)
    #expect(try code(serving, first) == 23)
    // What cannot be read changes nothing.
    try serving.folder.write("secret", to: "secret")
    serving.program.signal(SIGHUP)
    try serving.waitForLog("line 1 is not 32 hexadecimal digits; cookies are made as before")
    #expect(try cookie(serving, second) == second)
    serving.stop()
  }

  /// What a message without a question gets (RFC 7873 5.4).
  private func code(_ serving: Serving, _ cookie: [UInt8]) throws -> Int {
    let opt = Message.opt(Message.option(10, cookie))
    let message = Message.adding(opt, to: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    return try Reply(serving.socket().ask(message), mayLackQuestion: true).responseCode
  }

  @Test(arguments: [
    ("", "it has 0 secrets"), ("00", "line 1 is not 32"), ("\n" + old + "0", "line 2 is not 32"),
    ("\(old)\n\(old)\n\(old)", "it has 3 secrets"),
  ])
  func `a file that is no file of secrets is 65, and the log tells nothing of it`(text: String, reason: String) throws {
    let folder = try Folder()
    try folder.write("Region: us-east-1\n", to: "world.yaml")
    try folder.write(text, to: "secret")
    let world = ["serve", "--world", folder.path("world.yaml"), "--listen", "127.0.0.1:0"]
    let program = try Program(world + ["--cookie-secret", folder.path("secret")], in: folder.url)
    #expect(program.exitStatus() == 65)
    #expect(program.logged.contains(reason) && !program.logged.contains(Self.old))
    let missing = try Program(world + ["--cookie-secret", folder.path("none")], in: folder.url)
    #expect(missing.exitStatus() == 66)
    let device = try Program(world + ["--cookie-secret", "/dev/zero"], in: folder.url)
    #expect(device.exitStatus() == 77 && device.logged.contains("it is a device, not a file"))
  }

  @Test func `a secret that everybody on the machine may read is warned of, and none that only its owner may`() throws {
    let folder = try Folder()
    try folder.write("Region: us-east-1\n", to: "world.yaml")
    for name in ["secret", "token"] { try folder.write(Self.old, to: name) }
    for (mode, warnings) in [(0o644, 2), (0o640, 0)] {
      for name in ["secret", "token"] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path(name))
      }
      let flags = [
        "--cookie-secret", folder.path("secret"), "--api", "127.0.0.1:0", "--api-token", folder.path("token"),
      ]
      let serving = try Serving(folder, flags)
      #expect(serving.log.components(separatedBy: "everybody on this machine may read it").count == warnings + 1)
      serving.stop()
    }
  }
}
