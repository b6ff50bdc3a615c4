// Names as Route 53 reads and prints them: lower case, other octets by three octal digits (semantics 3.3).
import DNSWire
import WorldFile

/// What is wrong with a name, in Route 53's words.
struct NameFault: Error {
  var code: String
  var words: String

  init(_ error: Name.TextError) {
    switch error {
    case .empty: (code, words) = ("DomainNameEmpty", "Domain name is empty")
    case .emptyLabel: (code, words) = ("DomainLabelEmpty", "Domain label is empty")
    case .labelTooLong: (code, words) = ("DomainLabelTooLong", "Domain label is too long")
    case .nameTooLong: (code, words) = ("DomainNameTooLong", "Domain name is too long")
    case .badEscape: (code, words) = ("UnsupportedCharacter", "Value contains unsupported characters")
    }
  }
}

extension Name {
  /// A name whose final dot may be missing.
  init(route53 text: String) throws(NameFault) {
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let decimal = octalEscapesAsDecimal(text) else {
      throw NameFault(.badEscape)
    }
    do throws(TextError) {
      self = try Name(decimal).lowercased
    } catch {
      throw NameFault(error)
    }
  }

  /// As Route 53 prints it: `\052.example.com.`
  var route53: String {
    if isRoot { return "." }
    var text = ""
    for label in labels {
      for octet in label {
        switch fold(octet) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
          UInt8(ascii: "_"):
          text.append(Character(UnicodeScalar(fold(octet))))
        default:
          let digits = String(octet, radix: 8)
          text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
      }
      text += "."
    }
    return text
  }
}
