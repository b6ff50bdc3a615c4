// How far a load is, for whoever shows it to a person.

public enum LoadProgress: Sendable {
  /// Octets of a file that were surveyed, of all that it has.
  case reading(file: String, done: Int, whole: Int)
  /// Every file was read; so many items are checked against each other.
  case checking(items: Int)
}
