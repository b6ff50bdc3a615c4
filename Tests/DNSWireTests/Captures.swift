// Questions that dig sent, from Fixtures/queries.hex.
import Foundation

enum Captures {
  static let queries: [[UInt8]] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Fixtures/queries.hex")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { fatalError("no \(file.path)") }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let digits = Array(line)
      return stride(from: 0, to: digits.count, by: 2).map { index in
        guard let octet = UInt8(String(digits[index...(index + 1)]), radix: 16) else { fatalError("\(line)") }
        return octet
      }
    }
  }()

  /// The message cut off everywhere, and with each octet set to each of `values` in turn; `nil` is every value.
  static func each(_ message: [UInt8], values: [UInt8]? = nil, _ body: ([UInt8]) throws -> Void) rethrows {
    for count in 0...message.count { try body(Array(message[..<count])) }
    var changed = message
    for index in message.indices {
      for value in values ?? Array(0...255) where value != message[index] {
        changed[index] = value
        try body(changed)
      }
      changed[index] = message[index]
    }
  }
}
