// The state on the disk: rows of text by list and id, and a journal of what changed them. What the texts say is not
// known here.
import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// An SQLite file in WAL mode. What `commit` has returned from is on the disk.
public final class Store: Sendable {
  public let path: String
  private let queue: DatabaseQueue
  /// `nil` for one that only reads.
  private let lock: StoreLock?
  /// The files that are written, as they were left by the last change; empty for one that only reads.
  private let files: Mutex<[StoreFile]>
  /// The file without which nothing can be kept any more.
  private let lost = Mutex<String?>(nil)

  /// Pages of SQLite's cache, in KiB: what a change touches, not the whole state. The journal's new pages fill it in
  /// any case, and the system has them all anyway.
  private static let cacheKibibytes = 2 << 10
  /// While all rows are written: in the order of the world, not in that of the pages.
  private static let fillingCacheKibibytes = 16 << 10
  /// Seconds to wait for somebody else's lock: of the copy that `sqlite3 .backup` makes, say.
  private static let patience = 5.0

  /// Opens the state, or makes an empty one; nobody else can until this one is gone.
  /// - Parameter path: of the file; beside it `-wal`, `-shm` and `.lock` come into being.
  /// - Throws: Whatever makes it unfit to be served whole: see `StoreError`.
  public init(_ path: String) throws(StoreError) {
    self.path = path
    let isFile = try Self.isFile(path)
    let lock = try StoreLock(of: isFile ? Self.resolved(path) : path)
    if isFile {
      try Self.rollBack(path)
      try Self.refuseUnfit(path, allowsEmpty: true)
    }
    let queue = try storeErrors(path) {
      var configuration = Configuration()
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(Self.patience)
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)") }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      // Once it is open: GRDB sets NORMAL itself, with which a commit may be lost when the power goes.
      let level = try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = FULL")
        return try Int.fetchOne(db, sql: "PRAGMA synchronous")
      }
      guard level == 2 else { throw DatabaseError(message: "synchronous = FULL is not taken") }
      try StoreSchema.migrator.migrate(queue)
      return queue
    }
    self.lock = lock
    self.queue = queue
    files = Mutex(try [path, path + "-wal"].map { file throws(StoreError) in try StoreFile(file, of: path) })
  }

  deinit {
    // Closing it copies the log to the state and removes it: where one of them was cut, that would destroy what is
    // there still.
    if files.withLock({ files in files.contains { $0.finding != .whole } }) {
      _ = unsafe Unmanaged.passRetained(queue)
    }
  }

  /// Opens a state for reading, also while a server has it: what is read at a time is one state, not two halves.
  public init(reading path: String) throws(StoreError) {
    self.path = path
    guard try Self.isFile(path) else { throw StoreError(path: path, .missing) }
    try Self.refuseUnfit(path, allowsEmpty: false)
    queue = try storeErrors(path) { try DatabaseQueue(path: path, configuration: Self.reading) }
    lock = nil
    files = Mutex([])
  }

  private static var reading: Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(patience)
    return configuration
  }

  /// Whoever was killed while he made the state left a journal, which one who only reads cannot roll back.
  private static func rollBack(_ path: String) throws(StoreError) {
    guard unsafe access(path + "-journal", F_OK) == 0 else { return }
    try storeErrors(path) {
      try DatabaseQueue(path: path).writeWithoutTransaction { db in
        _ = try Int.fetchOne(db, sql: "PRAGMA schema_version")
      }
    }
  }

  // MARK: Whether a file is a state

  /// False when there is nothing; what is there must be a file.
  private static func isFile(_ path: String) throws(StoreError) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT { return false }
      throw StoreError(path: path, .notAccessible(errorText(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError(path: path, .notAccessible("it is no file")) }
    return true
  }

  /// The path without symbolic links: a state has one lock, whatever name it goes by.
  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// Before it is opened for writing: that alone would change the file of another program.
  private static func refuseUnfit(_ path: String, allowsEmpty: Bool) throws(StoreError) {
    let finding = try storeErrors(path) {
      try DatabaseQueue(path: path, configuration: reading).read(StoreSchema.inspect)
    }
    switch finding {
    case .empty: if !allowsEmpty { throw StoreError(path: path, .missing) }
    case .ours(let version):
      // Only who may write can bring it up to date.
      if !allowsEmpty, version < StoreSchema.version {
        throw StoreError(path: path, .other("its schema \(version) is old: a server or an import brings it up to date"))
      }
    case .foreign: throw StoreError(path: path, .foreign)
    case .newer(let schema): throw StoreError(path: path, .newer(schema: schema, known: StoreSchema.version))
    }
  }

  /// Goes through every page of the file (`PRAGMA quick_check`): what is broken in a place that nobody reads.
  public func check() throws(StoreError) {
    let findings = try storeErrors(path) {
      try queue.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
    }
    if findings != ["ok"] { throw StoreError(path: path, .damaged(findings.joined(separator: ", "))) }
  }

  // MARK: Rows

  public var isEmpty: Bool {
    get throws(StoreError) {
      try storeErrors(path) {
        try queue.read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM row)") == false }
      }
    }
  }

  /// Every row, by list and id, all of one state.
  /// - Parameter visit: id and body are UTF-8.
  public func forEachRow(
    _ visit: (_ list: String, _ id: Span<UInt8>, _ body: Span<UInt8>) -> Void
  ) throws(StoreError) {
    try storeErrors(path) {
      try queue.read { db in
        let statement = try db.makeStatement(sql: "SELECT list, id, body FROM row ORDER BY list, id")
        let cursor = unsafe RowCursor(statement.sqliteStatement)
        while try cursor.next(db) { cursor.visit(visit) }
      }
    }
  }

  // MARK: Changes

  /// Makes all the changes or none, and returns when they are on the disk.
  public func commit(_ commits: [Commit]) throws(StoreError) {
    try refuseLost()
    defer { measure() }
    try storeErrors(path, systemError: systemError) {
      try queue.write { db in
        let writer = try RowWriter(db)
        for commit in commits {
          for row in commit.rows { try writer.write(row) }
          if let entry = commit.entry { try writer.write(entry) }
        }
      }
    }
  }

  /// SQLite goes on writing to a file that has no name any more, and behind the end of one that was cut.
  private func refuseLost() throws(StoreError) {
    if let file = lost.withLock({ $0 }) { throw StoreError(path: path, .gone(file: file)) }
    for file in files.withLock({ $0 }) {
      switch file.finding {
      case .whole: continue
      case .gone: throw StoreError(path: path, .gone(file: file.path))
      case .empty where file.path != path, .shorter:
        // A checkpoint of somebody else's, `sqlite3` say, leaves a shorter log too; then all of it is in the state.
        if isReadableWhole { continue }
        fallthrough
      case .empty:
        // Nobody looks into a state without a page: SQLite would remove its log.
        lost.withLock { $0 = file.path }
        throw StoreError(path: path, .gone(file: file.path))
      }
    }
  }

  /// Whether who opens the state now finds all of it.
  private var isReadableWhole: Bool {
    let findings = try? DatabaseQueue(path: path, configuration: Self.reading).read { db in
      try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
    }
    return findings == ["ok"]
  }

  private func measure() {
    files.withLock { files in for index in files.indices { files[index].measure() } }
  }

  private func systemError() -> CInt { queue.writeWithoutTransaction { lastSystemError($0) } }

  /// Makes the rows that `fill` inserts the only ones, and returns when they are on the disk.
  public func replaceAll(
    entry: Commit.Entry?, _ fill: (_ insert: (StoreRow) throws -> Void) throws -> Void
  ) throws(StoreError) {
    defer { measure() }
    try storeErrors(path) {
      try resizeCache(Self.fillingCacheKibibytes)
      defer { try? resizeCache(Self.cacheKibibytes) }
      try queue.write { db in
        try db.execute(sql: "DELETE FROM row")
        let writer = try RowWriter(db)
        try fill(writer.insert)
        if let entry { try writer.write(entry) }
      }
      // A log as large as the state would be read through at the next start.
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
  }

  private func resizeCache(_ kibibytes: Int) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA cache_size = -\(kibibytes)") }
  }

  // MARK: The journal

  /// The last entries, the oldest of them first.
  public func journal(last count: Int) throws(StoreError) -> [JournalEntry] {
    try storeErrors(path) {
      try queue.read { db in
        let rows = try Row.fetchAll(
          db, sql: "SELECT number, time, caller, action, before, after FROM journal ORDER BY number DESC LIMIT ?",
          arguments: [count])
        return rows.reversed().map { row in
          JournalEntry(
            number: row[0],
            entry: Commit.Entry(time: row[1], caller: row[2], action: row[3], before: row[4], after: row[5]))
        }
      }
    }
  }
}
