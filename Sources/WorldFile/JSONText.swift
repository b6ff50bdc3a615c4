// One JSON object as details and back, for calls that speak JSON.
import Cloud

public enum JSONText {
  /// What is wrong with a text.
  public struct Problem: Error, CustomStringConvertible {
    public var description: String
  }

  /// The members of the one object that a text is, those that are `null` left out.
  /// - Throws: What is no JSON (RFC 8259), no object, or has a name twice.
  public static func object(_ octets: [UInt8]) throws(Problem) -> Details {
    do throws(JSONError) {
      var scanner = JSONScanner(octets.span, file: 0)
      try scanner.skipByteOrderMark()
      let node = try scanner.value()
      try scanner.finish()
      if let repetition = scanner.repetitions.first {
        throw JSONError(offset: repetition.spot.offset, message: "the name \(repetition.name) stands twice")
      }
      guard case .mapping(let members)? = Detail(node) else {
        throw JSONError(offset: 0, message: "the text is no object")
      }
      return members
    } catch {
      throw Problem(description: "octet \(error.offset): \(error.message)")
    }
  }

  /// A value on one line.
  public static func text(_ value: Detail) -> String {
    var printer = JSONPrinter()
    printer.print(value)
    return String(decoding: printer.octets, as: UTF8.self)
  }
}
