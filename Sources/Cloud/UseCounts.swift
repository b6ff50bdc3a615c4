// How often something is used: what is asked before it may be removed, without searching a world for its users.

/// Counts by id. Instances that come one after the other mostly use the same things, so the last one is at hand.
struct UseCounts<Resource>: Sendable {
  private var ids = IDTable<Resource>()
  private var counts: [Int] = []
  private var last = 0

  subscript(id: ID<Resource>) -> Int { ids.row(of: id).map { counts[$0] } ?? 0 }

  mutating func add(_ step: Int, to id: ID<Resource>) {
    if last < counts.count, ids.ids[last] == id {
      counts[last] += step
    } else {
      let (row, isNew) = ids.add(id)
      if isNew { counts.append(0) }
      counts[row] += step
      last = row
    }
    guard counts[last] == 0, ids.remove(id) != nil else { return }
    counts.swapAt(last, counts.count - 1)
    counts.removeLast()
  }

  mutating func add(_ step: Int, to ids: [ID<Resource>]) {
    for id in ids { add(step, to: id) }
  }
}

/// Counts by Region: a world has a few of them.
struct RegionCounts: Sendable {
  private(set) var regions: [Region] = []
  private var counts: [Int] = []

  /// False for one Region more than a world can have.
  func hasRoom(for region: Region) -> Bool { regions.count < Quotas.regions || regions.contains(region) }

  mutating func add(_ step: Int, to region: Region) {
    guard let index = regions.firstIndex(of: region) else {
      regions.append(region)
      counts.append(step)
      return
    }
    counts[index] += step
    if counts[index] == 0 {
      regions.remove(at: index)
      counts.remove(at: index)
    }
  }
}
