// Why a state cannot be read or written: a file that is not ours, not whole, or not ours to write.

public struct StoreError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// There is no such file, or it is empty: only where it is not to be made.
    case missing
    /// Something else than an SQLite database.
    case notADatabase
    /// An SQLite database of another program.
    case foreign
    /// Made by a later version of this program.
    case newer(schema: Int, known: Int)
    /// What SQLite found.
    case damaged(String)
    /// Another process has it; its id where it said so.
    case inUse(by: Int32?)
    /// It cannot be opened or written: why, in words.
    case notAccessible(String)
    /// No room is left on the disk.
    case diskFull
    /// A file of it was deleted or cut while it was open, or another put in its place: what is written is lost.
    case gone(file: String)
    /// The disk failed; nothing of the change was kept.
    case inputOutput(String)
    /// Whatever else SQLite says.
    case other(String)
  }
  public var path: String
  public var reason: Reason

  public init(path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String { "\(path): \(reason)" }
}

extension StoreError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "there is no such state"
    case .notADatabase: "it is no state: not an SQLite database"
    case .foreign: "it is no state, but the SQLite database of another program"
    case .newer(let schema, let known):
      "a later version of classiclink-dns made it (schema \(schema), this one knows up to \(known))"
    case .damaged(let what): "it is damaged: \(what)"
    case .inUse(let process?): "it is in use by process \(process): one server or import has a state at a time"
    case .inUse(nil): "it is in use: one server or import has a state at a time"
    case .notAccessible(let why): why
    case .diskFull: "there is no room left on the disk"
    case .gone(let file):
      "\(file) was deleted or cut, or another file put in its place: nothing can be kept until it is back or the "
        + "server is started anew"
    case .inputOutput(let what): "the disk failed: \(what)"
    case .other(let what): what
    }
  }
}
