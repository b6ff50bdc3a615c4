// One page of a long list: AWS's MaxResults and NextToken.

/// What of a list is asked for.
struct PageRequest: Sendable {
  /// Items at most.
  var size: Int
  /// The sort key after which the page begins.
  var after: String?
}

/// Where a list goes on: opaque to the caller, the last key to us.
enum PageToken {
  private static let mark = "v1:"

  static func text(after key: String) -> String {
    (mark + key).utf8.reduce(into: "") { text, octet in
      text += (octet < 16 ? "0" : "") + String(octet, radix: 16)
    }
  }

  /// `nil` for what no reply of ours has held.
  static func key(_ token: String) -> String? {
    let digits = Array(token.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var octets: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let pair = String(validating: digits[index...index + 1], as: UTF8.self),
        let octet = UInt8(pair, radix: 16)
      else { return nil }
      octets.append(octet)
    }
    guard octets.starts(with: mark.utf8) else { return nil }
    return String(validating: octets.dropFirst(mark.utf8.count), as: UTF8.self)
  }
}

extension PageRequest {
  /// `MaxResults` and `NextToken` of EC2.
  init(_ parameters: Parameters, sizes: ClosedRange<Int> = 5...1000, cut: Bool = false) throws(AWSError) {
    // "More counts as 1000": the instances' calls cut, the others refuse.
    if let given = try parameters.integer(
      "MaxResults", in: sizes.lowerBound...(cut ? Int(Int32.max) : sizes.upperBound))
    {
      size = min(given, sizes.upperBound)
    } else {
      size = CallLimits.pageItems
    }
    if let token = parameters.text("NextToken"), !token.isEmpty {
      guard let key = PageToken.key(token) else {
        throw AWSError("InvalidPaginationToken", "The pagination token is not valid")
      }
      after = key
    }
  }

  /// The page of items, sorted by their keys, and the token of the next one.
  func page<Item>(_ items: [Item], by key: (Item) -> String) -> (items: [Item], next: String?) {
    // What is behind the page is not sorted: a list may have a million items, and a page a thousand.
    var page: [(key: String, item: Item)] = []
    /// The last key that can still be of the page, once it is known that there are others behind it.
    var bound: String?
    func cut() {
      page.sort { Self.precedes($0.key, $1.key) }
      guard page.count > size else { return }
      page.removeLast(page.count - size)
      bound = page.last?.key
    }
    for item in items {
      let key = key(item)
      if let after, !Self.precedes(after, key) { continue }
      if let bound, Self.precedes(bound, key) { continue }
      page.append((key, item))
      if page.count > 2 * size + Self.slack { cut() }
    }
    cut()
    return (page.map(\.item), bound.map { PageToken.text(after: $0) })
  }

  /// Swift's order, in which two spellings of one Unicode text are equal; here they are two keys.
  private static func precedes(_ one: String, _ other: String) -> Bool {
    one == other ? one.utf8.lexicographicallyPrecedes(other.utf8) : one < other
  }

  /// Items beside two pages, so that small pages are not sorted for each item.
  private static let slack = 1000
}
