// What is in the file, and whether it is ours. `user_version` is the schema's number; each migration leads to one.
import GRDB

enum StoreSchema {
  /// `CLNK`: tells our files from those of other programs.
  static let applicationID = 0x434c_4e4b

  /// The schema that this program writes.
  static let version = 1

  /// From an empty file, or from an older schema, to `version`.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          CREATE TABLE row (
            list TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (list, id)
          ) STRICT, WITHOUT ROWID;
          CREATE TABLE journal (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, caller TEXT NOT NULL, action TEXT NOT NULL,
            before TEXT, after TEXT
          ) STRICT;
          PRAGMA application_id = \(applicationID);
          PRAGMA user_version = 1;
          """)
    }
    return migrator
  }

  enum Finding {
    case empty
    /// One that this program can read, perhaps after a migration.
    case ours(version: Int)
    case foreign
    case newer(Int)
  }

  /// Looks at a file without changing it.
  static func inspect(_ db: Database) throws -> Finding {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    // The list of migrations is made before the first of them: a server that was killed in between left only that.
    let tables =
      try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'")
      ?? 0
    if application == applicationID { return found > version ? .newer(found) : .ours(version: found) }
    return application == 0 && tables == 0 ? .empty : .foreign
  }
}
