// How deep what is kept of an item may be nested. A state and a written world have their items in lists, where some
// stand deeper than in the file that they came from; whatever is taken must be readable there.

extension Detail {
  /// Levels of lists and mappings in one member: AWS's have fewer than ten. With the five above the deepest item (a
  /// record set) they are less than the readers of files take.
  public static let deepest = 100

  fileprivate func isDeeper(than levels: Int) -> Bool {
    switch self {
    case .text, .number, .boolean: false
    case .list(let elements): levels == 0 || elements.contains { $0.isDeeper(than: levels - 1) }
    case .mapping(let members): levels == 0 || members.values.contains { $0.isDeeper(than: levels - 1) }
    }
  }
}

extension Details {
  /// The first member, by name, that is nested too deep.
  var tooDeepMember: String? {
    isEmpty ? nil : filter { $0.value.isDeeper(than: Detail.deepest) }.keys.min()
  }
}

extension World {
  func check(_ details: Details) throws(Refusal) {
    if let member = details.tooDeepMember { throw Refusal(.nestedTooDeep, member: member) }
  }
}
