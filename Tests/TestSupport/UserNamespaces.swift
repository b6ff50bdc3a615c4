// Whether this machine lets anybody make namespaces of his own, which several suites need.
import Foundation

public enum UserNamespaces {
  /// How a test makes some, with `unshare` of util-linux.
  public static let unshare = ["unshare", "-Urnmp", "--fork", "--kill-child"]

  /// Where user namespaces are forbidden such a suite is skipped; not in CI, where that is a failure.
  public static let canRunOrMust: Bool = ProcessInfo.processInfo.environment["CI"] == "true" || isAllowed

  /// The thread sanitizer has a thread of its own in every process, and one with several threads may make no user
  /// namespace (unshare(2)): a program that is built with it needs root for namespaces. `scripts/sanitize` sets this.
  public static let programMayMakeThem = ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil

  private static let isAllowed: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = unshare + ["ip", "link", "set", "lo", "up"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}
