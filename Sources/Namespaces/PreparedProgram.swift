// A child that has everything around it and waits for a word to become the program.
import CNamespaces
import DNSWire
import Glibc

/// A UDP and a TCP socket at one place, both open; whoever has them closes them.
public struct OpenSockets: Hashable, Sendable {
  public var place: Sandbox.Place
  public var udp: CInt
  public var tcp: CInt

  public func close() {
    _ = Glibc.close(udp)
    _ = Glibc.close(tcp)
  }
}

/// The sockets that a sandbox opened, and its child.
public struct PreparedProgram: ~Copyable {
  /// In the order of the sandbox's places; those of a family that the kernel does not have are missing.
  public private(set) var sockets: [OpenSockets] = []
  private let process: ChildProcess
  private let channel: CInt
  private let sandbox: Sandbox

  init(_ process: ChildProcess, channel: CInt, of sandbox: Sandbox) {
    self.process = process
    self.channel = channel
    self.sandbox = sandbox
  }

  // Without its word the child ends by itself.
  deinit { _ = close(channel) }

  /// Readable when somebody has sent a signal.
  public var signals: CInt { process.descriptor }

  /// The signal by which somebody wants us to end; the command is never started then.
  public borrowing func takeEnding() -> CInt? { process.takeEnding() }

  mutating func awaitSockets(_ places: [Sandbox.Place]) throws(SandboxError) {
    do throws(SandboxError) {
      while let (report, descriptors) = try next() {
        if report.step == NS_READY.rawValue { return }
        sockets.append(
          OpenSockets(place: places[Int(report.index)], udp: descriptors[0], tcp: descriptors[1]))
      }
      throw SandboxError(.died, number: 0, sandbox)
    } catch {
      for open in sockets { open.close() }
      process.reap()
      throw error
    }
  }

  /// Starts the command.
  public consuming func run() throws(SandboxError) -> ChildProcess {
    ns_go(channel)
    do throws(SandboxError) {
      // The channel ends when the command has taken the child's place, or with the child.
      while try next() != nil {}
    } catch {
      process.reap()
      throw error
    }
    return process
  }

  /// `nil` at the end of the channel.
  private borrowing func next() throws(SandboxError) -> (report: ns_report, descriptors: [CInt])? {
    var report = ns_report()
    var descriptors: [CInt] = [-1, -1]
    let status = unsafe ns_next_report(channel, &report, &descriptors)
    guard status >= 0 else { throw SandboxError(.channel, number: errno, sandbox) }
    guard status > 0 else { return nil }
    if report.step == NS_SOCKETS.rawValue || report.step == NS_READY.rawValue { return (report, descriptors) }
    throw SandboxError(
      .report(ns_step(rawValue: UInt32(report.step))), number: report.number, index: Int(report.index), sandbox)
  }
}
