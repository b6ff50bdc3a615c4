// Filters of describe calls: names with values, of which each may hold `*` and `?`.
import Cloud

/// The filters of a call. All must fit, each by one of its values.
struct Filters: Sendable {
  private var filters: [(name: String, patterns: [String])] = []

  /// Reads `Filter.N.Name` and `Filter.N.Value.M` (EC2) or `Filters.Filter.N.Name`, `.Values.Value.M`.
  /// - Parameter names: Those that the call has; `tag` stands for every `tag:KEY`. Others are refused, never ignored.
  init(
    _ parameters: Parameters, names: Set<String>, list: String = "Filter", values valueList: String = "Value"
  ) throws(AWSError) {
    var values = 0
    for filter in try parameters.structures(list) {
      let name = try filter.required("Name")
      guard names.contains(name) || names.contains("tag") && name.hasPrefix("tag:") else {
        throw AWSError("InvalidParameterValue", "The filter '\(name)' is invalid")
      }
      let patterns = try filter.texts(valueList)
      values += patterns.count
      guard values <= CallLimits.filterValues else {
        throw AWSError(
          "FilterLimitExceeded",
          "The maximum number of filter values specified on a single call is \(CallLimits.filterValues)")
      }
      if let long = patterns.first(where: { $0.utf8.count > CallLimits.filterValueOctets }) {
        throw AWSError("InvalidParameterValue", "A value of the filter '\(name)' has \(long.utf8.count) octets")
      }
      filters.append((name, patterns))
    }
  }

  /// The items that fit.
  /// - Parameter values: An item's values for a filter's name.
  func sift<Item>(_ items: [Item], _ values: (Item, String) -> [String]?) -> [Item] {
    guard !filters.isEmpty else { return items }
    return items.filter { item in
      filters.allSatisfy { filter in
        let own = values(item, filter.name) ?? []
        return filter.patterns.contains { pattern in own.contains { Self.fits($0, pattern) } }
      }
    }
  }

  /// `*` stands for any text, `?` for one character, `\` before either for itself.
  static func fits(_ text: String, _ pattern: String) -> Bool {
    guard pattern.contains(where: { $0 == "*" || $0 == "?" || $0 == "\\" }) else { return text == pattern }
    let text = Array(text)
    var tokens: [Token] = []
    var characters = pattern.makeIterator()
    while let character = characters.next() {
      switch character {
      case "*": if tokens.last != .any { tokens.append(.any) }
      case "?": tokens.append(.one)
      case "\\": tokens.append(.just(characters.next() ?? "\\"))
      default: tokens.append(.just(character))
      }
    }
    // Backwards only to the last `*`: no pattern takes more than the product of the lengths.
    var place = 0
    var token = 0
    var star: (token: Int, place: Int)?
    while place < text.count {
      if token < tokens.count, tokens[token] == .one || tokens[token] == .just(text[place]) {
        place += 1
        token += 1
      } else if token < tokens.count, tokens[token] == .any {
        star = (token, place)
        token += 1
      } else if let last = star {
        star = (last.token, last.place + 1)
        place = last.place + 1
        token = last.token + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .any }
  }

  private enum Token: Equatable {
    case any
    case one
    case just(Character)
  }
}

extension [Tag] {
  /// The values that a filter on tags looks at; `nil` when the name is no such filter.
  func values(ofFilter name: String) -> [String]? {
    switch name {
    case "tag-key": map(\.key)
    case "tag-value": map(\.value)
    case _ where name.hasPrefix("tag:"): filter { "tag:" + $0.key == name }.map(\.value)
    default: nil
    }
  }
}
