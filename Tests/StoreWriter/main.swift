// Commits number after number to a state and says each one when `commit` has returned, until somebody kills it.
import Glibc
import Store

let store = try Store(CommandLine.arguments[1])
var number = Int64(CommandLine.arguments[2]) ?? 0
while true {
  number += 1
  let row = StoreRow(list: "Numbers", id: String(number), body: "{\"Number\":\(number)}")
  let last = StoreRow(list: "Numbers", id: "last", body: String(number))
  try store.commit([
    Commit(
      rows: [.put(row), .put(last)], entry: Commit.Entry(time: number, caller: "writer", action: "Put", after: row.body)
    )
  ])
  let line = Array("\(number)\n".utf8)
  _ = unsafe write(STDOUT_FILENO, line, line.count)
}
