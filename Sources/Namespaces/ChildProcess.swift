// The command's process, seen by the one that started it: signals pass through to it, its stops stop us, its end is
// ours. Both are in one process group, so what a terminal's keys send reaches it without us.
import CNamespaces
import Glibc

public struct ChildProcess: Sendable {
  public let identifier: pid_t
  /// Becomes readable when `handleSignals` has something to do.
  public let descriptor: CInt

  /// All that somebody can send but those that nobody can hold up (KILL, STOP) and those that tell of a fault.
  private static let signals =
    [
      SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGWINCH, SIGTSTP, SIGTTIN,
      SIGTTOU, SIGCONT, SIGCHLD, SIGPIPE, SIGURG, SIGIO, SIGPWR, SIGXCPU, SIGXFSZ,
    ] + Array(realTimeSignals)
  /// The first two belong to the C library (signal(7)).
  private static let realTimeSignals: ClosedRange<CInt> = 34...64

  init(_ identifier: pid_t, signals descriptor: CInt) {
    self.identifier = identifier
    self.descriptor = descriptor
  }

  /// Before the child is started, so that none is lost; the command gets the mask of before.
  /// - Returns: Where they are read.
  static func blockSignals() -> CInt {
    // Whoever ignores it never hears of a child's end.
    signal(SIGCHLD, SIG_DFL)
    return unsafe ns_block_signals(signals, CInt(signals.count))
  }

  /// Waits for a child that ends by itself.
  func reap() { _ = waitpid(identifier, nil, 0) }

  /// Signals that tell us to end before the command has begun.
  private static let endings = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

  /// Takes what has come before the command begins. What is no wish for an end waits for the command.
  /// - Returns: The exit status to end with, where somebody wants us to, or the child has.
  func takeEnding() -> CInt? {
    var isFromKernel: CInt = 0
    while case let number = unsafe ns_next_signal(descriptor, &isFromKernel), number != 0 {
      if Self.endings.contains(number) { return 128 + number }
      // It comes once.
      if number == SIGCHLD {
        if let status = heedChange() { return status }
      } else if isFromKernel == 0 {
        _ = kill(identifier, number)
      }
    }
    return nil
  }

  /// Passes on what has come.
  /// - Returns: When the child has ended, its exit status as shells have it: 128 + n for signal n.
  public func handleSignals() -> CInt? {
    var isFromKernel: CInt = 0
    while case let number = unsafe ns_next_signal(descriptor, &isFromKernel), number != 0 {
      switch number {
      case SIGCHLD: if let status = heedChange() { return status }
      // A broken pipe of ours; somebody else's is for the command.
      case SIGPIPE where isFromKernel != 0: break
      // A terminal has sent it to the whole group.
      case _ where isFromKernel != 0: break
      default: _ = kill(identifier, number)
      }
    }
    return nil
  }

  private func heedChange() -> CInt? {
    var status: CInt = 0
    while unsafe ns_changed(identifier, &status) != 0 {
      if ns_end_signal(status) != 0 { return 128 + ns_end_signal(status) }
      if ns_exit_status(status) >= 0 { return ns_exit_status(status) }
      if stopsUs(ns_stop_signal(status)) { _ = kill(getpid(), SIGSTOP) }
    }
    return nil
  }

  /// A shell that started us must see that the job has stopped, or nobody could continue it. Somebody who stops the
  /// child alone, beside any terminal, will continue it alone.
  private func stopsUs(_ signal: CInt) -> Bool {
    if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) { return true }
    let terminal = unsafe open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return false }
    defer { _ = close(terminal) }
    return tcgetpgrp(terminal) == getpgid(identifier)
  }
}
