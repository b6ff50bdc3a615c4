// RFC 1034 4.3.2 once more, as slowly and plainly as it is written: what one zone says about a name.

/// A zone `corp.example`, every record with TTL 300, one record a name and type. Names are relative; the apex is empty.
struct ReferenceZone {
  private(set) var records: [[String]: [String: String]] = [:]

  /// As a master file.
  var text: String {
    records.flatMap { name, types in
      types.map { type, data in (name.isEmpty ? "@" : name.joined(separator: ".")) + " \(type) \(data)" }
    }.sorted().joined(separator: "\n")
  }

  /// A zone that Route 53 takes: a CNAME is alone and not at the apex, nothing is below a DNAME.
  init(using random: inout some RandomNumberGenerator) {
    let labels = ["a", "b", "*"]
    func name() -> [String] {
      (0..<Int.random(in: 0...3, using: &random)).map { _ in labels.randomElement(using: &random) ?? "a" }
    }
    for _ in 0..<Int.random(in: 1...9, using: &random) {
      let owner = name()
      let target = name().joined(separator: ".")
      let type = ["A", "A", "TXT", "CNAME", "CNAME", "DNAME"].randomElement(using: &random) ?? "A"
      let types = records[owner] ?? [:]
      guard types["CNAME"] == nil, type != "CNAME" || (types.isEmpty && !owner.isEmpty) else { continue }
      if (1...3).contains(where: { $0 <= owner.count && records[Array(owner.dropFirst($0))]?["DNAME"] != nil }) {
        continue
      }
      if type == "DNAME",
        records.keys.contains(where: { $0.count > owner.count && $0.suffix(owner.count) == owner[...] })
      {
        continue
      }
      let isAway = Int.random(in: 0..<8, using: &random) == 0
      let end = isAway ? "a.elsewhere.test." : (target.isEmpty ? "" : target + ".") + "corp.example."
      records[owner, default: [:]][type] = ["A": "10.0.0.7", "TXT": "\"x\""][type] ?? end
    }
  }

  private func exists(_ name: [String]) -> Bool {
    name.isEmpty || records.keys.contains { $0.count >= name.count && $0.suffix(name.count) == name[...] }
  }

  private func whole(_ name: [String]) -> String { (name + ["corp", "example"]).joined(separator: ".") }

  /// The labels of a target, `nil` when it is in no zone of ours.
  private func relative(_ target: String) -> [String]? {
    guard target.hasSuffix("corp.example.") else { return nil }
    return target.split(separator: ".").dropLast(2).map(String.init)
  }

  /// What `Reply.words` says of the reply.
  func words(_ question: [String], _ type: String) -> String {
    var name = question
    var answers: [String] = []
    var followed: Set<[String]> = []
    var renamed: Set<[[String]]> = []
    func end(_ code: String, _ rest: String) -> String {
      let code = code == "NODATA" && !answers.isEmpty ? "NOERROR" : code
      return code + (answers.isEmpty ? "" : ": " + answers.joined(separator: ", ")) + rest
    }
    for _ in 0..<16 {
      var node = name
      if !exists(name) {
        var encloser = Array(name.dropFirst())
        while !exists(encloser) { encloser.removeFirst() }
        if let target = records[encloser]?["DNAME"] {
          guard renamed.insert([encloser, name]).inserted else { return end("NOERROR", "; EDE 0") }
          let record = "\(whole(encloser)) 300 DNAME \(target.dropLast())"
          if !answers.contains(record) { answers.append(record) }
          let prefix = name.dropLast(encloser.count)
          answers.append("\(whole(name)) 300 CNAME \((prefix + [String(target.dropLast())]).joined(separator: "."))")
          guard let next = relative(target) else { return end("NOERROR", "; EDE 0") }
          name = prefix + next
          continue
        }
        node = ["*"] + encloser
        if !exists(node) { return end("NXDOMAIN", "; by corp.example 900") }
      }
      let types = records[node] ?? [:]
      if let data = types[type] {
        let record = "\(whole(name)) 300 \(type) \(data.hasSuffix(".") ? String(data.dropLast()) : data)"
        if !answers.contains(record) { answers.append(record) }
        return end("NOERROR", "")
      }
      guard let target = types["CNAME"] else { return end("NODATA", "; by corp.example 900") }
      guard followed.insert(name).inserted else { return end("NOERROR", "; EDE 0") }
      answers.append("\(whole(name)) 300 CNAME \(target.dropLast())")
      guard let next = relative(target) else { return end("NOERROR", "; EDE 0") }
      name = next
    }
    return end("NOERROR", "; EDE 0")
  }
}
