// What a change does to the rows, and what the journal says of it.

/// A row: unique by list and id.
public struct StoreRow: Hashable, Sendable {
  public var list: String
  public var id: String
  public var body: String

  public init(list: String, id: String, body: String) {
    self.list = list
    self.id = id
    self.body = body
  }
}

public struct Commit: Hashable, Sendable {
  public enum RowChange: Hashable, Sendable {
    /// In place of the row with this list and id, if there is one.
    case put(StoreRow)
    case delete(list: String, id: String)
  }

  /// What was done, by whom, and what it did.
  public struct Entry: Hashable, Sendable {
    /// Milliseconds since 1970-01-01 UTC.
    public var time: Int64
    public var caller: String
    public var action: String
    /// JSON of what changed, as it was; `nil` for nothing.
    public var before: String?
    public var after: String?

    public init(time: Int64, caller: String, action: String, before: String? = nil, after: String? = nil) {
      self.time = time
      self.caller = caller
      self.action = action
      self.before = before
      self.after = after
    }
  }

  public var rows: [RowChange]
  public var entry: Entry?

  public init(rows: [RowChange], entry: Entry?) {
    self.rows = rows
    self.entry = entry
  }
}

public struct JournalEntry: Hashable, Sendable {
  /// From 1, without gaps.
  public var number: Int64
  public var entry: Commit.Entry
}
