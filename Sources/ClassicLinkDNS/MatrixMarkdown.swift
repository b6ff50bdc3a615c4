// The matrix as a table that GitHub renders.
import DNSWire

extension MatrixTable {
  func markdown() -> String {
    var lines = [markdownRow(["Name"] + groups.map { escaped($0.heading(askers)) })]
    lines.append(markdownRow(Array(repeating: "---", count: groups.count + 1)))
    for (index, name) in names.enumerated() {
      lines.append(markdownRow([code(plain(name))] + self.row(index).map(text)))
    }
    return (lines + legend(groups, askers, cells.joined(), rest: rest.sentences)).joined(separator: "\n") + "\n"
  }
}

extension MatrixChanges {
  func markdown() -> String {
    guard !isEmpty else { return nothing.joined(separator: "\n\n") + "\n" }
    var lines = [
      markdownRow(["Name", "Asker", "Before", "After", "Reason"]), markdownRow(Array(repeating: "---", count: 5)),
    ]
    for (name, changes) in rows {
      for (group, change) in changes {
        lines.append(
          markdownRow([
            code(plain(name)), escaped(group.heading(askers)), text(change.before), text(change.after),
            escaped(change.after.reason),
          ]))
      }
    }
    let cells = changes.joined().compactMap { $0 }.flatMap { [$0.before, $0.after] }
    return (lines + legend(groups, askers, cells, rest: remarks)).joined(separator: "\n") + "\n"
  }
}

private func markdownRow(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

private func text(_ cell: MatrixCell) -> String {
  guard cell.kind == .answer else { return cell.word }
  return cell.values.map { escaped($0.text + ($0.visibility == .private ? MatrixText.mark : "")) }
    .joined(separator: "<br>")
}

/// Who the columns are, as a list.
private func legend(
  _ groups: [MatrixGroup], _ askers: [MatrixAsker], _ cells: some Sequence<MatrixCell>, rest: [String]
) -> [String] {
  let hasPrivate = cells.contains { $0.values.contains { $0.visibility == .private } }
  let who = groups.map { group in
    let others = group.others(askers)
    return "- **\(escaped(group.heading(askers)))**: \(escaped(group.description(askers)))"
      + (others.isEmpty ? "" : escaped("; also \(others.joined(separator: ", "))"))
  }
  return [""] + who + (hasPrivate ? ["- \(escaped(MatrixText.mark)) private address"] : []) + rest.map { "- \($0)" }
}

/// A name as code, where nothing in it can end the code.
private func code(_ text: String) -> String { text.contains { "`|\\".contains($0) } ? escaped(text) : "`\(text)`" }

/// Characters that mean something in a table get a backslash.
private func escaped(_ text: String) -> String {
  text.reduce(into: "") { result, character in
    if "\\`*_|<>[]#&".contains(character) { result.append("\\") }
    result.append(character)
  }
}
