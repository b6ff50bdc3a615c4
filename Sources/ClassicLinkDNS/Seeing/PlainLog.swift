// The log on standard error, a line each entry: what callers say may stand in it, and must neither begin a line of its
// own nor tell a terminal what to do.
import Logging

struct PlainLog: LogHandler {
  private var log: StreamLogHandler

  init(label: String) { log = .standardError(label: label) }

  func log(event: LogEvent) {
    var event = event
    event.message = "\(Self.plain(event.message.description))"
    event.metadata = event.metadata.map { Self.plain($0) }
    log.log(event: event)
  }

  /// Control characters as JSON and Swift write them, such as `\n` and `\u{1b}`.
  private static func plain(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.map { isControl($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Format characters turn the direction of what follows; the separators are line ends.
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  private static func plain(_ metadata: Logger.Metadata) -> Logger.Metadata {
    var result: Logger.Metadata = [:]
    for (key, value) in metadata { result[plain(key)] = plain(value) }
    return result
  }

  private static func plain(_ value: Logger.MetadataValue) -> Logger.MetadataValue {
    switch value {
    case .string(let text): .string(plain(text))
    case .stringConvertible(let value): .string(plain("\(value)"))
    case .dictionary(let metadata): .dictionary(plain(metadata))
    case .array(let values): .array(values.map { plain($0) })
    }
  }

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { log[metadataKey: key] }
    set { log[metadataKey: key] = newValue.map { Self.plain($0) } }
  }

  var metadata: Logger.Metadata {
    get { log.metadata }
    set { log.metadata = Self.plain(newValue) }
  }

  var logLevel: Logger.Level {
    get { log.logLevel }
    set { log.logLevel = newValue }
  }
}
