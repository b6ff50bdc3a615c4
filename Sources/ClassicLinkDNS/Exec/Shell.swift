// `exec --shell`: the caller's own shell, with a prompt that says where it is.
import Foundation
import Glibc
import Namespaces

struct Shell {
  var command: [String]
  /// What the shell reads at its start, where it has to be told.
  var descriptor: CInt?

  /// Sets the prompt for `who` in our own variables, which the shell inherits.
  init(as who: String) {
    let path = ProcessInfo.processInfo.environment["SHELL"] ?? ""
    let shell = path.isEmpty ? "/bin/sh" : path
    command = [shell]
    let isRoot = geteuid() == 0
    // A shell that reads no file of its own keeps this one.
    _ = unsafe setenv("PS1", "[\(who)] \(isRoot ? "#" : "$") ", 1)
    guard shell.hasSuffix("/bash") else { return }
    // Bash's own files set the prompt anew, so what comes after them puts ours before it.
    let file = MemoryFile.open { number in
      """
      exec \(number)<&-
      [ -r ~/.bashrc ] && . ~/.bashrc
      PS1='[\(who)] '"$PS1"

      """
    }
    guard let file else { return }
    descriptor = file
    command += ["--rcfile", "/proc/self/fd/\(file)"]
  }
}
