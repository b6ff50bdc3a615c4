// Numbers that are kept as they stand, and that calls count with: those that AWS never prints are mistakes.

extension ItemKind {
  /// Members of a kind that say how many there are of something.
  private var counts: [(member: String, range: ClosedRange<Int>)] {
    switch self {
    case .redshiftCluster: [("NumberOfNodes", 1...128)]
    case .autoScalingGroup: ["DesiredCapacity", "MinSize", "MaxSize"].map { ($0, 0...Int(Int32.max)) }
    default: []
    }
  }

  /// Reports the counts of an item that none can have. No answer depends on them: nobody is told that they were read.
  func checkCounts(of item: Item) {
    for (member, range) in counts {
      guard let node = item.members.node[member] else { continue }
      let shown: String
      switch node.value {
      // What parts of an item say differently is not kept.
      case .null, .differing: continue
      case .number(let text):
        if let number = Int(text), range.contains(number) { continue }
        shown = text
      case .string(let text): shown = "\"\(text)\""
      case .boolean, .list, .mapping: shown = node.kindInWords
      }
      let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
      item.members.report.error(node.spot, "\(member) must be \(expected), not \(shown.prefix(shownCharacters))")
    }
  }
}
