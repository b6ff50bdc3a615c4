// Asking a running server by dig, from the loopback addresses that `Requesters` names; a new server for each what-if.
import Cloud
import DNSWire
import Foundation
import Resolution
import WorldFile

import func TestSupport.runDig

@testable import Story

struct DigWay: WayToAsk {
  private let folder: String
  private var running: (overrides: [Override], stage: Stage, server: Server)?

  init(_ folder: String) { self.folder = folder }

  mutating func answer(_ question: Question, with overrides: [Override]) throws(CannotAsk) -> Told {
    if running?.overrides != overrides {
      running = nil
      let stage = try Stage([folder], overrides)
      running = (overrides, stage, try Server(folder, overrides, stage.world))
    }
    guard let (_, stage, server) = running else { throw CannotAsk("no server") }
    let network = try question.resolver.map { address throws(CannotAsk) in try Self.network(address, stage.world) }
    guard let port = server.ports[network ?? "any"] else { throw CannotAsk("no listener for \(network ?? "any")") }
    let text = try dig([
      "@127.0.0.1", "-p", "\(port)", "-b", "\(try stage.source(of: question.who))", "+noall", "+comments", "+answer",
      "+tries=1", "+time=\(Self.patience(stage.world, question))", "\(question.name)", "\(question.type)",
    ])
    return Told(reply: try Self.reply(text, question))
  }

  /// Seconds to wait: silence is expected only where a VPC has no DNS support, and is then soon believed.
  private static func patience(_ world: World, _ question: Question) -> Int {
    world.vpcs.values.contains { !$0.enableDnsSupport } ? 1 : 5
  }

  /// `classic`, or the VPC whose base + 2 the address is: at loopback each has a listener of its own.
  private static func network(_ address: IPAddress, _ world: World) throws(CannotAsk) -> String {
    if address == .v4(IPv4Address(172, 16, 0, 23)) { return "classic" }
    let vpc = world.vpcs.values.first {
      IPAddress.v4(IPv4Address(rawValue: $0.cidrBlock.address.rawValue + 2)) == address
    }
    guard let vpc else { throw CannotAsk("\(address) is the resolver of no network") }
    return vpc.id.rawValue
  }

  private static func reply(_ text: String, _ question: Question) throws(CannotAsk) -> Reply {
    if text.contains("no servers could be reached") || text.contains("timed out") { return .silence }
    guard let status = text.firstMatch(of: #/status: ([A-Z]+)/#)?.1 else { throw CannotAsk("dig said: \(text)") }
    switch status {
    case "NXDOMAIN": return .noSuchName
    case "REFUSED": return .refused
    case "SERVFAIL": return .serverFailure
    case "NOERROR": break
    default: throw CannotAsk("dig said: \(text)")
    }
    var chain: [Name] = []
    var values: Set<Reply.Value> = []
    for line in text.split(separator: "\n") where !line.hasPrefix(";") {
      let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard fields.count == 5 else { throw CannotAsk("dig printed \(line)") }
      let name = try? Name(fields[4])
      if fields[3] == "CNAME", let name, question.type != .cname {
        chain.append(name)
      } else if let address = IPAddress(String(fields[4])) {
        values.insert(.address(address))
      } else if let name {
        values.insert(.name(name))
      }
    }
    return chain.isEmpty && values.isEmpty ? .noData : .found(chain: chain, values: values)
  }
}

/// `classiclink-dns serve` on ports of its own choice, until the object goes.
private final class Server {
  /// By network: `any`, `classic`, and each VPC.
  let ports: [String: Int]
  private let process = Process()

  private struct PortFile: Decodable {
    struct Listener: Decodable {
      var port: Int
      var network: String
    }
    var listeners: [Listener]
  }

  init(_ folder: String, _ overrides: [Override], _ world: World) throws(CannotAsk) {
    let state = NSTemporaryDirectory() + "story-" + UUID().uuidString
    do {
      try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: state) }
      let networks = ["classic"] + world.vpcs.keys.map(\.rawValue).sorted()
      process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("classiclink-dns")
      process.arguments =
        ["serve", "--world", folder, "--port-file", state + "/port", "--listen", "127.0.0.1:0"]
        + networks.flatMap { ["--listen", "127.0.0.1:0=\($0)"] } + overrides.flatMap { ["--set", $0.text] }
      try Data().write(to: URL(fileURLWithPath: state + "/log"))
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(forWritingAtPath: state + "/log")
      try process.run()
      var found: PortFile?
      while found == nil {
        // The file appears whole or not at all.
        if let data = FileManager.default.contents(atPath: state + "/port") {
          found = try JSONDecoder().decode(PortFile.self, from: data)
        } else if !process.isRunning {
          throw CannotAsk((try? String(contentsOfFile: state + "/log", encoding: .utf8)) ?? "it did not start")
        } else {
          Thread.sleep(forTimeInterval: 0.01)
        }
      }
      ports = Dictionary(uniqueKeysWithValues: (found?.listeners ?? []).map { ($0.network, $0.port) })
    } catch let error as CannotAsk {
      throw error
    } catch {
      throw CannotAsk("the server did not start: \(error)")
    }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }
}

/// What `dig` prints; its status 9 means that nothing came.
private func dig(_ arguments: [String]) throws(CannotAsk) -> String {
  guard let (output, status) = try? runDig(arguments) else { throw CannotAsk("dig does not start") }
  guard [0, 9].contains(status) else { throw CannotAsk("dig ended with \(status)") }
  return output
}
