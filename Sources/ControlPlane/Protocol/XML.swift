// A reply in XML, as a small tree that is written out once.
import Cloud
import DNSWire

/// An element with text or with elements in it.
struct XML: Sendable {
  enum Content: Sendable {
    case text(String)
    case elements([XML])
  }

  var name: String
  var content: Content
  /// `xmlns`, on a root.
  var namespace: String?

  init(_ name: String, _ value: some XMLValue) {
    self.name = name
    content = .text(value.description)
  }

  init(_ name: String, _ elements: [XML]) {
    self.name = name
    content = .elements(elements)
  }

  /// `nil` without a value: AWS leaves such an element out.
  init?(_ name: String, optional value: (some XMLValue)?) {
    guard let value else { return nil }
    self.init(name, value)
  }

  /// A list: an element with one element an item.
  static func list(_ name: String, of item: String = "item", _ items: [[XML]]) -> XML {
    XML(name, items.map { XML(item, $0) })
  }

  static func texts(_ name: String, of item: String = "item", _ texts: [String]) -> XML {
    XML(name, texts.map { XML(item, $0) })
  }

  /// The whole document.
  var document: String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    text += "<\(name)"
    if let namespace { text += " xmlns=\"\(namespace)\"" }
    switch content {
    case .elements(let elements) where elements.isEmpty: text += "/>"
    case .elements(let elements):
      text += ">"
      for element in elements { element.write(to: &text) }
      text += "</\(name)>"
    case .text(let value):
      text += ">"
      Self.escape(value, to: &text)
      text += "</\(name)>"
    }
  }

  private static func escape(_ value: String, to text: inout String) {
    for scalar in value.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\r": text += "&#13;"
      // XML 1.0 has no way to write the other control characters.
      case "\u{0}"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}", "\u{fffe}", "\u{ffff}": text += "\u{fffd}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

/// What is an element's text as it describes itself. An array describes itself too, and is none.
protocol XMLValue: CustomStringConvertible {}

extension String: XMLValue {}
extension Bool: XMLValue {}
extension Int: XMLValue {}
extension Timestamp: XMLValue {}
extension ID: XMLValue {}
extension Region: XMLValue {}
extension CIDRBlock: XMLValue {}
extension IPv6CIDRBlock: XMLValue {}
extension IPv4Address: XMLValue {}
extension IPv6Address: XMLValue {}
extension Name: XMLValue {}
