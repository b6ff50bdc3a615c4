// `classiclink-dns exec`: any program, as if it ran on an instance.
import ArgumentParser
import ControlPlane
import DNSWire
import Glibc
import Namespaces
import Recursion
import Resolution
import Transport

struct Exec: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a program as if it were on an instance.",
    discussion: """
      COMMAND runs in user, network and mount namespaces of its own, as the user who calls: no right is needed. Its \
      network is one machine, which has the addresses of the instance, and Amazon's resolver where the instance has it \
      (172.16.0.23, or base + 2 and 169.254.169.253 of a VPC), port 53. resolv.conf names that resolver; what \
      COMMAND writes below /etc may be gone with it. Nothing else is there: --connect leads out. Names resolve until \
      COMMAND ends: what it leaves running in the background resolves none. For root no user namespace is made, so \
      that COMMAND can change to other users.

      Exit status: that of COMMAND; 128 + n when signal n ended it; 127 when COMMAND is not found, 126 when it cannot \
      be run, 125 when exec itself failed.
      """)

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "On which machine: an instance id, the address of one, a VPC id (some host in it), 'classic' or 'internet'.",
      valueName: "who"))
  var from: String

  @Option(help: ArgumentHelp("A world file, or a folder of them. May be repeated.", valueName: "path"))
  var world: [String] = []

  @Option(
    help: ArgumentHelp(
      "The state of a server: its world, unless it is empty. Also while the server runs.", valueName: "file"),
    completion: .file())
  var state: String?

  @Option(
    help: ArgumentHelp(
      "Instead of a world: the API of a server that answers, such as http://127.0.0.1:5380. What changes there is seen "
        + "by COMMAND. The server runs as the same user, or the caller is root.", valueName: "url"),
    transform: { try APIClient(url: $0, of: "--api") })
  var api: APIClient?

  @Option(help: ArgumentHelp("The token that the server asks for.", valueName: "file"), completion: .file())
  var apiToken: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A what-if, as in serve: vpc-1a2b3c4d:ClassicLinkDnsSupported=false. May be repeated.", valueName: "change"))
  var setTexts: [String] = []

  @OptionGroup(title: "Names of others") var others: ForwardingOptions

  @Option(
    name: .customLong("connect"), parsing: .singleValue,
    help: ArgumentHelp(
      "A way out, over TCP and UDP: ADDR:PORT=HOST:PORT. What COMMAND sends to ADDR:PORT goes to HOST:PORT as it is "
        + "seen from here. ADDR may be a name of the world, such as an endpoint. May be repeated.",
      valueName: "way"), transform: Connection.init(argument:))
  var connections: [Connection] = []

  @Flag(help: "Run $SHELL, with a prompt that names the instance.")
  var shell = false

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
  var command: [String] = []

  /// `command` as it was given: a String puts other octets in the place of what is no UTF-8.
  var octets: [[UInt8]] {
    // It is what stands last.
    let count = Int(CommandLine.argc)
    return ((count - command.count)..<count).map { index in
      guard let start = unsafe CommandLine.unsafeArgv[index] else { return [] }
      return unsafe Array(UnsafeBufferPointer(start: start, count: strlen(start)).lazy.map { UInt8(bitPattern: $0) })
    }
  }

  func validate() throws {
    _ = try overrides(setTexts)
    guard try api == nil || others.forwarding() == nil else {
      throw ValidationError("--api asks a server that knows its own upstreams: give none here.")
    }
    if api == nil, apiToken != nil { throw ValidationError("--api-token is for --api, which is not given.") }
    guard api == nil || (world.isEmpty && state == nil && setTexts.isEmpty) else {
      throw ValidationError("--api asks a server that has its own world: give no --world, --state or --set.")
    }
    guard api != nil || !world.isEmpty || state != nil else {
      throw ValidationError("There is no world: give --world PATH, --state FILE or --api URL.")
    }
    guard shell != !command.isEmpty else {
      throw ValidationError(
        shell ? "--shell is the command: give no other." : "There is no command: give one after --, or --shell.")
    }
  }

  func run() throws {
    do {
      throw try session().run()
    } catch let error as ServerError {
      throw Failure("\(error)")
    } catch let error as SecretFile.Failure {
      throw Failure("\(error)")
    } catch let error as PlacementProblem {
      throw Failure("--from \(from): \(error)")
    }
  }

  private func session() throws -> Session {
    // It would win over the search domain of resolv.conf (resolv.conf(5)).
    _ = unsafe unsetenv("LOCALDOMAIN")
    let names = Array(Set(connections.filter { $0.address == nil }.map(\.inside))).sorted()
    let cloud: any Cloud
    if let api {
      cloud = try ServedCloud(api, token: apiToken.map { try APIToken(file: $0) }, as: from, names: names)
    } else {
      var place = WorldOptions()
      place.world = world
      place.state = state
      let read = try read(place.source(), setting: overrides(setTexts))
      cloud = try OwnCloud(read, as: Who(from), names: names, options: .ofSession(others.forwarding()))
    }
    return try Session(cloud, connections: connections, command: self)
  }

  /// A machine somewhere, and who answers its questions.
  protocol Cloud {
    var placement: Placement { get }
    /// The addresses of the names that were asked for.
    var names: [String: [String]] { get }
    /// Answers on these sockets from now on.
    /// - Parameter program: Who waits for it; a signal ends the wait.
    func serve(_ sockets: [OpenSockets], for program: borrowing PreparedProgram) throws
    /// Readable when nobody answers any longer; -1 when that cannot be.
    var descriptor: CInt { get }
    var farewell: String { get }
  }

  /// Why there was nothing to run.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  /// The end of the command.
  struct End: Error {
    /// As shells have it.
    var status: CInt
  }
}

/// A world that was read for this one session.
private final class OwnCloud: Exec.Cloud {
  let placement: Placement
  let names: [String: [String]]
  let descriptor: CInt = -1
  let farewell = ""
  private let publication: Publication
  private let options: Server.Options
  private var server: Server?

  init(_ read: ExplainedWorld, as who: Who, names: [String], options: Server.Options) throws {
    self.options = options
    let placement = try Placement(who, in: read.world, read.snapshot.tables)
    self.placement = placement
    publication = Publication(read.snapshot)
    self.names = try placement.addresses(ofAll: names, read.snapshot)
  }

  func serve(_ sockets: [OpenSockets], for program: borrowing PreparedProgram) throws {
    let asker = placement.addresses.first.flatMap { IPAddress($0) }
    server = try Server.start(
      on: Placement.listeners(sockets, of: asker, in: Placement.scope(of: placement.network)),
      publication: publication, options: options)
  }
}

extension Placement {
  /// One machine's own doors: whatever comes through them, it asks.
  static func listeners(_ sockets: [OpenSockets], of asker: IPAddress?, in scope: Listener.Scope) -> [OpenListener] {
    sockets.map { open in
      let listener = Listener(address: open.place.address, port: open.place.port, scope: scope, asker: asker)
      return OpenListener(listener: listener, udp: open.udp, tcp: open.tcp)
    }
  }

  func addresses(ofAll names: [String], _ snapshot: Snapshot) throws(PlacementProblem) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for text in names {
      let name: Name
      do throws(Name.TextError) {
        name = try Name(text)
      } catch {
        throw PlacementProblem(description: "'\(text)' is no address and no name: \(error)")
      }
      result[text] = try addresses(of: name, snapshot).map(\.description)
    }
    return result
  }
}

extension Server.Options {
  /// One program asks, and there may be hundreds of sessions.
  static func ofSession(_ forwarding: Server.Forwarding?) -> Self {
    var options = Self()
    options.forwarding = forwarding
    options.forwarding?.recursion.isForOneClient = true
    options.connections = 256
    options.remembersAnswers = false
    return options
  }
}
