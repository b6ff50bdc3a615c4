// Master files (RFC 1035 5): text in, records and problems out. Structure is read here, RDATA fields by libldns.
public import DNSWire

/// What is wrong with a master file, and where. Lines and columns count from 1, columns in characters (a tab is one).
public struct ZoneProblem: Error, Hashable, Sendable {
  public var line: Int
  public var column: Int
  public var message: String

  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

extension ZoneProblem: CustomStringConvertible {
  public var description: String { "\(line):\(column): \(message)" }
}

/// A record of a master file and where it starts.
public struct ZoneRecord: Hashable, Sendable {
  public var record: Record
  public var line: Int
  public var column: Int

  public init(record: Record, line: Int, column: Int) {
    self.record = record
    self.line = line
    self.column = column
  }
}

/// Reads master files and single records' RDATA, and prints RDATA.
public enum ZoneFile {
  /// Every record and every problem of a master file (RFC 1035 5), all problems at once, both in order of line.
  ///
  /// A record that has a problem is left out. Relations between records (a CNAME beside other data, duplicates, a SOA
  /// away from the apex) are not judged here.
  ///
  /// A record without a TTL takes that of `$TTL` (RFC 2308 4); without one, the last TTL stated before it (RFC 1035
  /// 5.1); without one, the MINIMUM of the file's first SOA, wherever it stands; without one, an hour.
  /// - Parameters:
  ///   - text: The file's octets: ASCII with any octet in comments and strings, LF or CRLF, a UTF-8 byte order mark.
  ///   - origin: The zone's name: the first `$ORIGIN`, and every owner must be equal to it or below it.
  public static func read(_ text: [UInt8], origin: Name) -> (records: [ZoneRecord], problems: [ZoneProblem]) {
    var reader = MasterFileReader(text: SourceText(text), zone: origin)
    reader.readAll()
    return (reader.records, reader.problems)
  }

  /// RDATA octets from presentation text, such as Route 53's `Value`: (`.mx`, `10 mail.example.com`). A name is whole
  /// without a final dot too (semantics 3.3), and what means something in a master file alone is refused.
  /// - Throws: The first problem, its line and column within `text`.
  public static func recordData(type: RecordType, text: String) throws(ZoneProblem) -> [UInt8] {
    let source = SourceText(Array(text.utf8))
    var scanner = Scanner(source, isValue: true)
    let entry = scanner.next()
    let rest = scanner.next()
    do throws(Fault) {
      if let fault = scanner.faults.first { throw fault }
      if let rest { throw Fault(at: rest.start, "one value is expected, and this is on a line of its own") }
      try requireData(type, at: 0)
      var reader = RecordDataReader(type: type, origin: nil, tokens: entry?.tokens ?? [], end: entry?.end ?? 0)
      return try reader.read()
    } catch {
      throw source.problem(error)
    }
  }

  /// RDATA as dig prints it; `nil` when `data` is not RDATA of `type`. Types whose format is not known are printed
  /// as `\# length hex` (RFC 3597 5).
  public static func presentation(type: RecordType, data: [UInt8]) -> String? {
    guard let layout = RecordLayout.of(type) else { return unknownPresentation(data) }
    return layout.presentation(data)
  }

  /// Any octets as `\# length hex` (RFC 3597 5).
  public static func unknownPresentation(_ data: [UInt8]) -> String {
    data.isEmpty ? "\\# 0" : "\\# \(data.count) \(split(hexText(data)))"
  }
}
