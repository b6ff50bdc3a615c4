// From what calls have done to the rows of the state and the lines of its journal.
import Cloud
import Store
import WorldFile

extension Steward {
  /// Keeps what calls do in a state.
  public static func keeping(in store: Store) -> Keep {
    { records in try store.commit(records.map { Commit($0) }) }
  }
}

extension Commit {
  init(_ record: CallRecord) {
    var rows: [RowChange] = []
    var before: [WorldItem] = []
    var after: [WorldItem] = []
    for difference in record.differences {
      let told = difference.onlyWhatDiffers
      let old = told.before.map { WorldWriter.item(of: $0) }
      if let old { before.append(old) }
      if let new = told.after { after.append(WorldWriter.item(of: new)) }
      if let new = difference.after.map({ WorldWriter.item(of: $0) }) {
        rows.append(.put(StoreRow(list: new.list, id: new.id, body: new.body)))
      } else if let old {
        rows.append(.delete(list: old.list, id: old.id))
      }
    }
    let caller = record.caller
    self.init(
      rows: rows,
      entry: Entry(
        time: record.time.milliseconds, caller: "\(caller.account) \(caller.region) \(caller.accessKey)",
        action: record.action, before: Self.text(before), after: Self.text(after)))
  }

  /// `{"Vpcs": [...], …}`, as in a world file.
  private static func text(_ items: [WorldItem]) -> String? {
    guard !items.isEmpty else { return nil }
    var lists: [(name: String, bodies: [String])] = []
    for item in items {
      if let index = lists.firstIndex(where: { $0.name == item.list }) {
        lists[index].bodies.append(item.body)
      } else {
        lists.append((item.list, [item.body]))
      }
    }
    let texts = lists.map { list in
      list.name == "Settings" || list.name == "SupportedPlatforms"
        ? "\"\(list.name)\":\(list.bodies[0])" : "\"\(list.name)\":[\(list.bodies.joined(separator: ","))]"
    }
    return "{\(texts.joined(separator: ","))}"
  }
}

extension Difference {
  /// For the journal: of a zone that goes on, the record sets that are not the same before and after. A zone can have
  /// thousands, and a call changes a few.
  fileprivate var onlyWhatDiffers: Difference {
    guard case .hostedZone(var old) = before, case .hostedZone(var new) = after else { return self }
    let common = Set(old.recordSets).intersection(new.recordSets)
    old.recordSets.removeAll { common.contains($0) }
    new.recordSets.removeAll { common.contains($0) }
    return Difference(id: id, before: .hostedZone(old), after: .hostedZone(new))
  }
}
