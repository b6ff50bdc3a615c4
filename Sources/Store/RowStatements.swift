// The statements that run for every row, by SQLite's own calls where a million of them are read.
import GRDB
import GRDBSQLite
import Glibc

/// Steps through `SELECT list, id, body`; lives no longer than its statement.
@safe struct RowCursor {
  private let statement: OpaquePointer

  @unsafe init(_ statement: OpaquePointer) { unsafe self.statement = statement }

  /// False behind the last row.
  func next(_ db: Database) throws -> Bool {
    switch unsafe sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: unsafe String(cString: sqlite3_errmsg(db.sqliteConnection)))
    }
  }

  func visit(_ visit: (String, Span<UInt8>, Span<UInt8>) -> Void) {
    let list = unsafe String(decoding: octets(0), as: UTF8.self)
    unsafe visit(list, octets(1).span, octets(2).span)
  }

  /// Valid until the next step.
  @unsafe private func octets(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    // In this order: asking for the text makes it UTF-8, which its length counts.
    let start = unsafe sqlite3_column_text(statement, column)
    return unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
  }
}

/// Writes rows and journal entries within a transaction.
struct RowWriter {
  private let insertion: Statement
  private let replacement: Statement
  private let deletion: Statement
  private let entry: Statement

  init(_ db: Database) throws {
    insertion = try db.cachedStatement(sql: "INSERT INTO row VALUES (?, ?, ?)")
    replacement = try db.cachedStatement(
      sql: "INSERT INTO row VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body")
    deletion = try db.cachedStatement(sql: "DELETE FROM row WHERE list = ? AND id = ?")
    entry = try db.cachedStatement(
      sql: "INSERT INTO journal (time, caller, action, before, after) VALUES (?, ?, ?, ?, ?)")
  }

  /// A row that is not there yet.
  func insert(_ row: StoreRow) throws { try insertion.execute(arguments: [row.list, row.id, row.body]) }

  func write(_ change: Commit.RowChange) throws {
    switch change {
    case .put(let row): try replacement.execute(arguments: [row.list, row.id, row.body])
    case .delete(let list, let id): try deletion.execute(arguments: [list, id])
    }
  }

  func write(_ entry: Commit.Entry) throws {
    try self.entry.execute(arguments: [entry.time, entry.caller, entry.action, entry.before, entry.after])
  }
}

/// The error number behind the last failure of the disk: of the log, else of the file. `sqlite3_system_errno` does not
/// have it when COMMIT fails.
func lastSystemError(_ db: Database) -> CInt {
  var log: UnsafeMutablePointer<sqlite3_file>?
  var number: CInt = 0
  if unsafe sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK,
    let log = unsafe log, let methods = unsafe log.pointee.pMethods
  {
    _ = unsafe methods.pointee.xFileControl?(log, SQLITE_FCNTL_LAST_ERRNO, &number)
  }
  if number == 0 { unsafe sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_LAST_ERRNO, &number) }
  return number
}

/// What SQLite throws, as what it means for a state.
/// - Parameter systemError: The error number behind a failure of the disk, which SQLite knows; 0 for none.
func storeErrors<Result>(
  _ path: String, systemError: () -> CInt = { 0 }, _ body: () throws -> Result
) throws(StoreError) -> Result {
  do {
    return try body()
  } catch let error as DatabaseError {
    throw StoreError(path: path, StoreError.Reason(error, systemError()))
  } catch {
    throw StoreError(path: path, .other("\(error)"))
  }
}

extension StoreError.Reason {
  fileprivate init(_ error: DatabaseError, _ systemError: CInt) {
    let words = error.message ?? "SQLite says \(error.resultCode.rawValue)"
    let message =
      systemError == 0
      ? "\(words) (SQLite's code \(error.extendedResultCode.rawValue))" : "\(words): \(errorText(systemError))"
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .notADatabase
    case .SQLITE_CORRUPT: self = .damaged(message)
    case .SQLITE_FULL: self = .diskFull
    case .SQLITE_IOERR where [ENOSPC, EDQUOT].contains(systemError): self = .diskFull
    case .SQLITE_IOERR: self = .inputOutput(message)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .notAccessible(message)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .inUse(by: nil)
    default: self = .other(message)
    }
  }
}
