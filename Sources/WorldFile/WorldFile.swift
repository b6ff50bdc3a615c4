// World files (world.md 1): YAML and JSON in AWS's own shapes become one `World`, or every problem with its place.
import Cloud
import DNSWire

public enum WorldFile {
  /// The account of the examples in AWS's documentation (world.md 1).
  public static let defaultAccountID = Account.usual

  /// Reads files and folders, in any order, into one world.
  /// - Parameter paths: Each a file (`*.json` is JSON, any other YAML) or a folder, of which every `*.yaml`, `*.yml`
  ///   and `*.json` is read.
  /// - Parameter overrides: What to read as if it had been edited by hand in the files, in this order.
  /// - Parameter progress: Is told every now and then how far it is.
  /// - Throws: Every error that was found, when there is one; that of an override has its text as its place.
  public static func load(
    _ paths: [String], setting overrides: [Override] = [], progress: (LoadProgress) -> Void = { _ in }
  ) throws(LoadFailure) -> LoadedWorld {
    var loader = Loader()
    for path in paths { loader.find(path) }
    loader.read(progress)
    if loader.isWhole {
      progress(.checking(items: loader.catalog.itemCount))
      loader.override(overrides)
      loader.build()
    }
    return try loader.result()
  }
}

/// A world and where it came from.
public struct LoadedWorld: Sendable {
  public var world: World
  /// Every file that was read, zone files included: what to watch.
  public var files: [String]
  public var warnings: [Problem]
  /// World files without a document and zone files without a record, as one is that is being written.
  public let blankFiles: Set<String>
  private let places: ItemPlaces

  init(world: World, files: [String], warnings: [Problem], blankFiles: Set<String>, places: ItemPlaces) {
    self.world = world
    self.blankFiles = blankFiles
    self.files = files
    self.warnings = warnings
    self.places = places
  }

  /// Where the item begins; of an item in several parts, the first. `nil` for what no item made, such as the links of
  /// an instance that has none.
  /// - Parameter id: as in the world: an instance id, a public address, the zone id without `/hostedzone/`, …
  public func place(of kind: ItemKind, _ id: String) -> Place? { places(of: [(kind, id)])[0] }

  public func place(of requester: Requester) -> Place? { places(of: [(.requester, Self.id(of: requester))])[0] }

  /// The places of many items: much quicker than one after the other.
  public func places(of items: [(kind: ItemKind, id: String)]) -> [Place?] {
    places.places(of: items.map { ($0.kind, $0.kind.canonical($0.id)) })
  }

  /// The id of a requester for `places`, and in a state: the files give it none.
  public static func id(of requester: Requester) -> String {
    let identity =
      switch requester.identity {
      case .instance(let id): id.rawValue
      case .vpc(let id): id.rawValue
      case .classic(let region): region == .usEast1 ? "classic" : "classic \(region)"
      case .internet: "internet"
      }
    return requesterKey(requester.source, identity)
  }
}

/// The state of one load.
struct Loader {
  let report = Report()
  var files = FileTable()
  var isMissingFile = false
  /// Every file was read to its end. What a broken one does not say would be reported as missing all over the others.
  var isWhole = true
  /// A text broke off.
  var isBroken = false
  var catalog = Catalog()
  private(set) var world = World()
  /// Every file that was read, or would have been.
  var tried: [String] { files.entries.filter { !$0.isOverride }.map(\.path) }
  private var paths: [String] = []

  mutating func find(_ path: String) {
    do throws(PathError) {
      for file in try WorldFile.files(at: path) where !paths.contains(file) { paths.append(file) }
    } catch {
      _ = files.add(path)
      fail(path, error)
    }
  }

  mutating func read(_ progress: (LoadProgress) -> Void) {
    guard paths.count < Spot.mostFiles else {
      report.error(file: paths[0], "more than \(Spot.mostFiles) files")
      isWhole = false
      return
    }
    var survey = Survey(report: report)
    for path in paths {
      let file = files.add(path)
      do throws(PathError) {
        let octets = try octets(ofFile: path)
        progress(.reading(file: path, done: 0, whole: octets.count))
        read(octets, path, file, &survey) { progress(.reading(file: path, done: $0, whole: octets.count)) }
      } catch {
        fail(path, error)
      }
    }
    catalog = survey.catalog
    if survey.isBroken { isWhole = false }
  }

  private mutating func read(
    _ octets: [UInt8], _ path: String, _ file: Int, _ survey: inout Survey, _ progress: (Int) -> Void
  ) {
    if path.lowercased().hasSuffix(".json") {
      files.keep(octets, of: file)
      survey.read(json: octets, file: file, progress)
      return
    }
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let text = octets.starts(with: mark) ? octets.dropFirst(mark.count) : octets[...]
    guard let yaml = String(validating: text, as: UTF8.self) else {
      report.error(file: path, "the file is not UTF-8")
      isWhole = false
      return
    }
    let (roots, error) = YAMLReader.documents(yaml, file: file)
    if roots.isEmpty, error == nil { files.markBlank(file) }
    for root in roots { survey.read(yaml: root, file: file) }
    guard let error else { return }
    report.error(Spot(file: file, line: error.line, column: error.column), error.message)
    isWhole = false
  }

  mutating func override(_ overrides: [Override]) {
    guard files.entries.count + overrides.count < Spot.mostFiles else {
      report.error(file: paths[0], "more than \(Spot.mostFiles) files and overrides")
      return
    }
    for override in overrides {
      catalog.apply(override, file: files.add(override: override.text), report)
    }
  }

  mutating func build() {
    var builder = Builder(catalog: catalog, files: files, report: report)
    builder.build()
    world = builder.world
    files = builder.files
  }

  /// The world, or every problem when one of them is an error.
  func result() throws(LoadFailure) -> LoadedWorld {
    let problems = report.problems(files)
    guard report.errorCount == 0 else {
      throw LoadFailure(problems: problems, files: tried, isMissingFile: isMissingFile)
    }
    return LoadedWorld(
      world: world, files: tried, warnings: problems,
      blankFiles: Set(files.entries.filter(\.isBlank).map(\.path)), places: ItemPlaces(catalog, files))
  }

  private mutating func fail(_ path: String, _ error: PathError) {
    isWhole = false
    switch error {
    case .missing:
      isMissingFile = true
      report.error(file: path, "no such file or folder")
    case .unreadable(let reason): report.error(file: path, reason)
    }
  }
}
