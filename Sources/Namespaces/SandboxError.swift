// Why a program could not be put into namespaces of its own.
import CNamespaces
import Glibc

public struct SandboxError: Error, Sendable {
  struct Missing: Error {}

  /// The exit status that shells and env(1) have for it.
  public var exitStatus: CInt
  public var description: String

  enum Step {
    case fork, channel, died
    case report(ns_step)
  }

  /// Own failure; 126 and 127 are about the command (POSIX, 2.8.2).
  public static var ownFailure: CInt { 125 }
  private static var notExecutable: CInt { 126 }
  private static var notFound: CInt { 127 }

  init(_ step: Step, number: CInt, index: Int = 0, _ sandbox: Sandbox) {
    exitStatus = Self.ownFailure
    let reason = unsafe String(cString: strerror(number))
    switch step {
    case .fork: description = "fork: \(reason)"
    case .channel: description = "the new process does not answer: \(reason)"
    case .died: description = "the new process ended before the command was started"
    case .report(NS_EXECUTE):
      exitStatus = number == ENOENT || number == ENOTDIR ? Self.notFound : Self.notExecutable
      let command = String(decoding: sandbox.command.first ?? [], as: UTF8.self)
      description = "\(command): \(number == ENOENT ? "command not found" : reason)"
    case .report(let step):
      description = "\(Self.text(step, index, sandbox)): \(reason)"
      if let advice = Self.advice(step, number) { description += "\n" + advice }
    }
  }

  private static func text(_ step: ns_step, _ index: Int, _ sandbox: Sandbox) -> String {
    switch step {
    case NS_UNSHARE: "user, network and mount namespaces of its own"
    case NS_IDENTITY: "the user in the new user namespace"
    case NS_LOOPBACK: "lo in the new network namespace"
    case NS_ADDRESS: "an address of lo in the new network namespace"
    case NS_ROUTE: "a route in the new network namespace"
    case NS_BIND: "a socket at \(sandbox.places.indices.contains(index) ? "\(sandbox.places[index])" : "a resolver")"
    case NS_FILES: "a file system of its own"
    case NS_RESOLVER: "an /etc/resolv.conf of its own"
    case NS_SWITCH: "an /etc/nsswitch.conf of its own"
    default: "the sockets of caching daemons"
    }
  }

  /// What to do where namespaces are forbidden.
  private static func advice(_ step: ns_step, _ number: CInt) -> String? {
    switch number {
    case EPERM, EACCES:
      """
      Namespaces are forbidden here.
        Ubuntu 24.04 and later:  sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (as root)
        Debian before 11:        sysctl -w kernel.unprivileged_userns_clone=1 (as root)
        inside Docker or Podman: run the container with --security-opt seccomp=unconfined \
      --security-opt apparmor=unconfined
      """
    case ENOSPC, EUSERS:
      "The limit is reached: sysctl -w user.max_user_namespaces=10000 user.max_net_namespaces=10000 (as root)."
    case EINVAL where step == NS_UNSHARE, ENOSYS: "This kernel has no user namespaces (CONFIG_USER_NS)."
    default: nil
    }
  }
}
