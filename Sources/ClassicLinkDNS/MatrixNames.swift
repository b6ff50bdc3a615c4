// What is asked in the matrix: the names that were given, or those that a world gives to its own things.
import Cloud
import DNSWire
import Resolution

struct MatrixNames {
  /// Names of each kind that are listed unless `--name` gives some; past these nobody reads a table to its end.
  static let limitOfEachKind = 100

  var names: [Name] = []
  /// Names that the limit leaves out.
  var leftOut = 0

  init(_ names: [Name]) {
    var seen: Set<Name> = []
    self.names = names.filter { seen.insert($0).inserted }
  }

  /// The names of every kind; each once, where two worlds have it.
  init(of worlds: [World], type: RecordType) {
    var seen: Set<Name> = []
    for kind in NameKind.allCases {
      var most = 0
      for world in worlds {
        let (names, count) = world.names(of: kind, type: type, limit: Self.limitOfEachKind)
        self.names += names.filter { seen.insert($0).inserted }
        most = max(most, count - names.count)
      }
      leftOut += most
    }
  }
}
