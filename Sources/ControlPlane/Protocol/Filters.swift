// Filters of describe calls: names with values, of which each may hold `*` and `?`.
import Cloud

/// The filters of a call. All must fit, each by one of its values.
struct Filters: Sendable {
  private var filters: [(name: String, patterns: [Pattern])] = []

  /// Reads `Filter.N.Name` and `Filter.N.Value.M` (EC2) or `Filters.Filter.N.Name`, `.Values.Value.M`.
  /// - Parameter names: Those that the call has; `tag` stands for every `tag:KEY`. Others are refused, never ignored.
  init(
    _ parameters: Parameters, names: Set<String>, list: String = "Filter", values valueList: String = "Value"
  ) throws(AWSError) {
    var (values, wild) = (0, 0)
    for filter in try parameters.structures(list) {
      let name = try filter.required("Name")
      guard names.contains(name) || names.contains("tag") && name.hasPrefix("tag:") else {
        throw AWSError("InvalidParameterValue", "The filter '\(name)' is invalid")
      }
      let texts = try filter.texts(valueList)
      values += texts.count
      guard values <= CallLimits.filterValues else {
        throw AWSError(
          "FilterLimitExceeded",
          "The maximum number of filter values specified on a single call is \(CallLimits.filterValues)")
      }
      if let long = texts.first(where: { $0.utf8.count > CallLimits.filterValueOctets }) {
        throw AWSError("InvalidParameterValue", "A value of the filter '\(name)' has \(long.utf8.count) octets")
      }
      let patterns = texts.map { Pattern($0) }
      for (text, pattern) in zip(texts, patterns) where pattern.isWild { wild += text.utf8.count }
      guard wild <= CallLimits.filterPatternOctets else {
        throw AWSError(
          "InvalidParameterValue", "The values with * or ? have more than \(CallLimits.filterPatternOctets) octets")
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
        (values(item, filter.name) ?? []).contains { text in
          let scalars = Array(text.unicodeScalars)
          return filter.patterns.contains { $0.fits(scalars) }
        }
      }
    }
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
