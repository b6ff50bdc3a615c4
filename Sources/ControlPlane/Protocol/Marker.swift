// Pages of the services whose lists go on at a marker.

/// The names by which a service asks for pages.
struct PageNames: Sendable {
  var size: String
  var sizes: ClosedRange<Int>
  /// Of items, unless the caller says otherwise.
  var usual: Int
  var token: String
  var nextToken: String
  /// The error of a token that is none.
  var invalid: String

  /// RDS, Redshift, ElastiCache.
  static let marker = PageNames(
    size: "MaxRecords", sizes: 20...100, usual: 100, token: "Marker", nextToken: "Marker",
    invalid: "InvalidParameterValue")
  /// Elastic Load Balancing.
  static let pageSize = PageNames(
    size: "PageSize", sizes: 1...400, usual: 400, token: "Marker", nextToken: "NextMarker",
    invalid: "InvalidParameterValue")
  /// Auto Scaling.
  static let nextToken = PageNames(
    size: "MaxRecords", sizes: 1...100, usual: 50, token: "NextToken", nextToken: "NextToken",
    invalid: "InvalidNextToken")
}

extension PageNames {
  /// The page that a call asks for, each item as XML, and where the list goes on.
  func list<Item>(
    _ name: String, of element: String, _ items: [Item], _ parameters: Parameters, by key: (Item) -> String,
    _ members: (Item) -> [XML]
  ) throws(AWSError) -> [XML] {
    var request = PageRequest(size: usual, after: nil)
    if let size = try parameters.integer(size, in: sizes) { request.size = size }
    if let token = parameters.text(token), !token.isEmpty {
      guard let key = PageToken.key(token) else { throw AWSError(invalid, "The \(self.token) is not valid") }
      request.after = key
    }
    let page = request.page(items, by: key)
    return [.list(name, of: element, page.items.map(members))] + (page.next.map { [XML(nextToken, $0)] } ?? [])
  }
}
