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
  /// The number of the last entry of the journal that was committed, 0 for none.
  private let lastEntry: Mutex<Int64>
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
    if !isFile { try Self.makeLinked(path) }
    let resolved = Self.resolved(path)
    let lock = try StoreLock(of: resolved)
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
    lastEntry = Mutex(try storeErrors(path) { try queue.read(Self.lastEntry) })
    // SQLite has its log beside the file that the path leads to.
    files = Mutex([
      try StoreFile(path, of: path), try StoreFile(resolved + "-wal", isLog: true, of: path),
    ])
  }

  deinit {
    // Closing it copies the log to the state and removes it: where one of them was cut, that would destroy what is
    // there still.
    if files.withLock({ $0 }).contains(where: { !isKept($0) }) {
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
    lastEntry = Mutex(0)
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

  /// A link that leads nowhere yet leads to an empty file from now on.
  private static func makeLinked(_ path: String) throws(StoreError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw StoreError(path: path, .notAccessible(errorText(errno))) }
    close(descriptor)
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
    let number = try storeErrors(path, systemError: systemError) {
      try queue.write { db in
        let writer = try RowWriter(db)
        for commit in commits {
          for row in commit.rows { try writer.write(row) }
          if let entry = commit.entry { try writer.write(entry) }
        }
        return try Self.lastEntry(db)
      }
    }
    lastEntry.withLock { $0 = number }
  }

  private static func lastEntry(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT max(number) FROM journal") ?? 0
  }

  /// SQLite goes on writing to a file that has no name any more, and behind the end of one that was cut.
  private func refuseLost() throws(StoreError) {
    if let file = lost.withLock({ $0 }) { throw StoreError(path: path, .gone(file: file)) }
    for file in files.withLock({ $0 }) {
      if isKept(file) { continue }
      // One that is away may come back; what was cut or overwritten does not.
      if file.finding != .gone { lost.withLock { $0 = file.path } }
      throw StoreError(path: path, .gone(file: file.path))
    }
  }

  /// Whether a file has all that was written to it.
  private func isKept(_ file: StoreFile) -> Bool {
    switch (file.finding, file.isLog) {
    case (.whole, _): true
    // Somebody else's checkpoint, that of `sqlite3` say, writes to the state and may empty the log; VACUUM makes the
    // state shorter.
    case (.changed, _), (.shorter, _), (.empty, true): isReadableWhole
    // Nobody looks into a state without a page: SQLite would remove its log.
    case (.empty, false), (.gone, _): false
    }
  }

  /// Whether who opens the state now finds all of it, the last change as well.
  private var isReadableWhole: Bool {
    let found = try? DatabaseQueue(path: path, configuration: Self.reading).read { db in
      (try String.fetchAll(db, sql: "PRAGMA quick_check(1)"), try Self.lastEntry(db))
    }
    guard let found else { return false }
    return found.0 == ["ok"] && found.1 == lastEntry.withLock { $0 }
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
    let number = try storeErrors(path) {
      try resizeCache(Self.fillingCacheKibibytes)
      defer { try? resizeCache(Self.cacheKibibytes) }
      let number = try queue.write { db in
        try db.execute(sql: "DELETE FROM row")
        let writer = try RowWriter(db)
        try fill(writer.insert)
        if let entry { try writer.write(entry) }
        return try Self.lastEntry(db)
      }
      // A log as large as the state would be read through at the next start.
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      return number
    }
    lastEntry.withLock { $0 = number }
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
