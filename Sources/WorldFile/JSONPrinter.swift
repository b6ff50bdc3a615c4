// JSON as text: on one line for a row of a state, or a member a line for people and for git.
import Cloud

struct JSONPrinter {
  private(set) var octets: [UInt8] = []
  /// Blanks a level; `nil` for one line.
  private let indentation: Int?
  private var depth: Int

  init(indentation: Int? = nil, depth: Int = 0) {
    self.indentation = indentation
    self.depth = depth
  }

  mutating func print(_ value: Detail) {
    switch value {
    case .text(let text): printString(text)
    case .number(let text): octets += text.utf8
    case .boolean(let flag): octets += (flag ? "true" : "false").utf8
    case .list(let elements):
      print(elements, "[", "]") { printer, element in printer.print(element) }
    case .mapping(let members):
      print(members.sorted { $0.key < $1.key }, "{", "}") { printer, member in
        printer.printName(member.key)
        printer.print(member.value)
      }
    }
  }

  /// The members of an item in their own order.
  mutating func print(_ members: [(name: String, value: Detail)]) {
    print(members, "{", "}") { printer, member in
      printer.printName(member.name)
      printer.print(member.value)
    }
  }

  mutating func printName(_ name: String) {
    printString(name)
    octets.append(UInt8(ascii: ":"))
    if indentation != nil { octets.append(UInt8(ascii: " ")) }
  }

  private mutating func print<Element>(
    _ elements: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar,
    _ printElement: (inout JSONPrinter, Element) -> Void
  ) {
    octets.append(UInt8(ascii: open))
    depth += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { octets.append(UInt8(ascii: ",")) }
      startLine()
      printElement(&self, element)
    }
    depth -= 1
    if !elements.isEmpty { startLine() }
    octets.append(UInt8(ascii: close))
  }

  private mutating func startLine() {
    guard let indentation else { return }
    octets.append(UInt8(ascii: "\n"))
    for _ in 0..<(depth * indentation) { octets.append(UInt8(ascii: " ")) }
  }

  /// RFC 8259 7: quotation mark, backslash and control characters are escaped.
  mutating func printString(_ text: String) {
    octets.append(UInt8(ascii: "\""))
    for octet in text.utf8 {
      switch octet {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        octets.append(UInt8(ascii: "\\"))
        octets.append(octet)
      case 0..<0x20:
        let digits = String(octet, radix: 16)
        octets += "\\u00\(octet < 16 ? "0" : "")\(digits)".utf8
      default: octets.append(octet)
      }
    }
    octets.append(UInt8(ascii: "\""))
  }
}
