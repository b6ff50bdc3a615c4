// From the rows of a state to a world: the bodies of each list are joined into a JSON text that is read as a file is.
import Cloud
import DNSWire

extension WorldFile {
  /// Calls its argument with the list, the id and the body of each row, as `WorldWriter.item` makes them: the rows of a
  /// list together, always in the same order.
  public typealias ForEachRow<Failure: Error> =
    (_ visit: (_ list: String, _ id: Span<UInt8>, _ body: Span<UInt8>) -> Void) throws(Failure) -> Void

  /// Reads the rows of a state into one world, whole or not at all.
  /// - Parameter name: of the state: a problem stands at `NAME:LIST/ID`.
  /// - Parameter overrides: What to read as if it had been edited by hand in the rows, in this order.
  /// - Parameter forEachRow: Is called a second time when there is a problem whose row must be named.
  /// - Returns: The world, its only file the state; every error that was found, when there is one.
  public static func load<Failure>(
    rowsOf name: String, setting overrides: [Override] = [], progress: (LoadProgress) -> Void = { _ in },
    _ forEachRow: ForEachRow<Failure>
  ) throws(Failure) -> Result<LoadedWorld, LoadFailure> {
    var lists = RowLists()
    try forEachRow { list, _, body in lists.add(body, to: list) }
    var loader = Loader()
    let files = loader.read(lists, of: name)
    if loader.isBroken {
      let broken = try brokenRows(of: name, forEachRow)
      if !broken.isEmpty { return .failure(LoadFailure(problems: broken, files: [name])) }
    }
    if loader.isWhole {
      progress(.checking(items: loader.catalog.itemCount))
      loader.override(overrides)
      loader.build()
    }
    let lines = loader.linesOfProblems(in: files)
    if !lines.isEmpty {
      var row = RowLists.Position()
      try forEachRow { list, id, _ in
        row.advance(to: list)
        guard let file = files[list], lines[file]?.contains(row.line) == true else { return }
        loader.files.name(String(decoding: id.indices.map { id[$0] }, as: UTF8.self), ofRowAt: row.line, in: file)
      }
    }
    do throws(LoadFailure) {
      var loaded = try loader.result()
      loaded.files = [name]
      return .success(loaded)
    } catch {
      var failure = error
      failure.files = [name]
      return .failure(failure)
    }
  }
}

extension WorldFile {
  /// The rows whose body is no JSON: in the text of a list, the next row would seem to be wrong.
  private static func brokenRows<Failure>(
    of name: String, _ forEachRow: ForEachRow<Failure>
  ) throws(Failure) -> [Problem] {
    var problems: [Problem] = []
    try forEachRow { list, id, body in
      var scanner = JSONScanner(body, file: 0)
      do throws(JSONError) {
        try scanner.scanValue()
        try scanner.finish()
      } catch {
        let row = String(decoding: id.indices.map { id[$0] }, as: UTF8.self)
        problems.append(
          Problem(
            file: "\(name):\(list)/\(row)", line: 0, column: 0,
            message: "the row is no JSON: \(error.message), at octet \(error.offset)"))
      }
    }
    return problems
  }
}

/// The texts of all lists, a row a line.
private struct RowLists {
  struct List {
    var name: String
    var rows = 0
    var octets: [UInt8] = []
  }
  /// Those that are complete, and the one at hand: an array of arrays is slow to grow by octets.
  private var complete: [List] = []
  private var last = List(name: "")

  var lists: [List] { last.rows > 0 ? complete + [last] : complete }

  /// The line of a row in its list. The first line opens the list.
  struct Position {
    private var list = ""
    private(set) var line = RowLists.firstLine - 1

    mutating func advance(to list: String) {
      line = list == self.list ? line + 1 : RowLists.firstLine
      self.list = list
    }
  }

  private static let firstLine = 2

  mutating func add(_ body: Span<UInt8>, to list: String) {
    if last.name != list {
      if last.rows > 0 { complete.append(last) }
      var start = JSONPrinter(indentation: 0)
      start.printName(list)
      last = List(name: list)
      last.octets = Array("{".utf8) + start.octets + Array((Self.isList(list) ? "[\n" : "\n").utf8)
    } else {
      last.octets += Self.separator
    }
    last.rows += 1
    last.octets.append(addingCapacity: body.count) { added in
      for index in body.indices {
        // A line end would shift the lines behind it; in JSON it is a blank, or an error as a blank is not.
        let octet = body[index]
        added.append(octet == UInt8(ascii: "\n") ? UInt8(ascii: " ") : octet)
      }
    }
  }

  private static let separator = Array(",\n".utf8)

  /// Settings and platforms stand there once, as they are.
  static func isList(_ name: String) -> Bool { name != "Settings" && name != "SupportedPlatforms" }
}

extension Loader {
  /// Surveys every list; a list is a file. The numbers of these files by list.
  fileprivate mutating func read(_ rows: consuming RowLists, of name: String) -> [String: Int] {
    var survey = Survey(report: report)
    var numbers: [String: Int] = [:]
    var counts: [ItemKind: Int] = [:]
    for list in rows.lists {
      let octets = list.octets + Array((RowLists.isList(list.name) ? "\n]}" : "\n}").utf8)
      let file = files.add(rowsOf: "\(name):\(list.name)", octets)
      numbers[list.name] = file
      guard !RowLists.isList(list.name) || Self.rowKind(of: list.name) != nil else {
        report.error(Spot(file: file, offset: 0), "a state holds no list \"\(list.name)\"")
        isWhole = false
        continue
      }
      if let kind = Self.rowKind(of: list.name) { counts[kind, default: 0] += list.rows }
      survey.read(json: octets, file: file) { _ in }
    }
    catalog = survey.catalog
    isBroken = survey.isBroken
    if isBroken { isWhole = false }
    guard report.errorCount == 0 else { return numbers }
    for (kind, count) in counts where catalog.shelves[kind]?.count != count {
      report.error(file: "\(name):\(kind.topLevelKey)", "two rows are one item, or a row is none")
      isWhole = false
    }
    return numbers
  }

  /// What a row of the list is; `nil` for what stands in files only.
  private static func rowKind(of list: String) -> ItemKind? {
    switch TopLevelKey(list) {
    case .items(let kind): kind
    case .instances: .instance
    default: nil
    }
  }

  /// By file, the lines of rows that a problem names.
  fileprivate func linesOfProblems(in numbers: [String: Int]) -> [Int: Set<Int>] {
    let rowFiles = Set(numbers.values)
    let spots = report.spots.filter { rowFiles.contains($0.file) }
    return zip(spots, files.positions(of: spots)).reduce(into: [:]) { lines, place in
      lines[place.0.file, default: []].insert(place.1.line)
    }
  }
}
