// A file with a secret in it: the log says so if everybody on the machine may read it.
import WorldFile

struct SecretFile {
  /// The option that names it.
  let option: String
  let path: String

  /// What to warn of, if there is something: a file's own right is looked at, not those of the folders above.
  var warning: String? {
    guard WorldFile.everybodyMayRead(path) else { return nil }
    return "\(option) \(path): everybody on this machine may read it; chmod o= \(path)"
  }
}
