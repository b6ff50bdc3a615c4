// Calls by chance on hosted zones: names, values and identifiers put together from what means something to one of the
// readers that they pass through, so that what is accepted must have been understood.
import Cloud
import DNSWire
import TestSupport

extension RandomCall {
  static func onOddZone(_ numbers: inout SeededNumbers, _ world: World) -> RandomCall {
    let zones = world.hostedZones.values.sorted { $0.id < $1.id }
    guard zones.count > 2 || Int.random(in: 0..<4, using: &numbers) > 0, let zone = zones.randomElement(using: &numbers)
    else {
      let fields = [("Name", name(&numbers)), ("CallerReference", String(numbers.next()))]
      return RandomCall(service: "route53", action: "CreateHostedZone", fields: fields)
    }
    var fields = [("Id", zone.id.rawValue)]
    for number in 1...max(Int.random(in: -2...2, using: &numbers), 1) {
      let change = "ChangeBatch.Changes.\(number)."
      fields.append((change + "Action", one(["CREATE", "UPSERT", "UPSERT", "DELETE"], &numbers)))
      fields += recordSet(in: zone, &numbers).map { (change + "ResourceRecordSet." + $0, $1) }
    }
    return RandomCall(service: "route53", action: "ChangeResourceRecordSets", fields: fields)
  }

  private static func recordSet(in zone: HostedZone, _ numbers: inout SeededNumbers) -> [(String, String)] {
    let apex = octal(zone.name)
    let type = one(samples.keys.sorted(), &numbers)
    let isApex = Int.random(in: 0..<8, using: &numbers) == 0
    var fields = [("Name", isApex ? apex : name(&numbers) + "." + apex), ("Type", type)]
    if Int.random(in: 0..<3, using: &numbers) == 0 {
      fields.append(("SetIdentifier", one(identifiers, &numbers)))
      fields.append(one([("Weight", "1"), ("MultiValueAnswer", "true"), ("Region", "us-east-1")], &numbers))
    }
    if Int.random(in: 0..<8, using: &numbers) == 0 {
      fields.append(("AliasTarget.HostedZoneId", "Z2ALIAS"))
      fields.append(("AliasTarget.DNSName", name(&numbers)))
      fields.append(("AliasTarget.EvaluateTargetHealth", "false"))
      return fields
    }
    fields.append(("TTL", one(["0", "60", "2147483647"], &numbers)))
    for number in 1...max(Int.random(in: -2...2, using: &numbers), 1) {
      fields.append(("ResourceRecords.\(number).Value", value(samples[type] ?? [], &numbers)))
    }
    return fields
  }

  private static func one<Element>(_ list: [Element], _ numbers: inout SeededNumbers) -> Element {
    list[Int.random(in: 0..<list.count, using: &numbers)]
  }

  /// A name of one or two labels, each of one or two parts.
  private static func name(_ numbers: inout SeededNumbers) -> String {
    let labels = (0..<Int.random(in: 1...2, using: &numbers)).map { _ in
      (0..<Int.random(in: 1...2, using: &numbers)).map { _ in one(parts, &numbers) }.joined()
    }
    return labels.joined(separator: ".")
  }

  /// A sample as it is, or with a part somewhere in it.
  private static func value(_ samples: [String], _ numbers: inout SeededNumbers) -> String {
    var text = one(samples, &numbers)
    for _ in 0..<max(Int.random(in: -2...2, using: &numbers), 0) {
      let place = text.index(text.startIndex, offsetBy: Int.random(in: 0...text.count, using: &numbers))
      text.insert(contentsOf: one(parts + separators, &numbers), at: place)
    }
    return text
  }

  /// Every octet by three octal digits, which each reader of names knows.
  private static func octal(_ name: Name) -> String {
    name.labels.map { label in
      label.map { "\\" + String(repeating: "0", count: 3 - String($0, radix: 8).count) + String($0, radix: 8) }.joined()
    }.joined(separator: ".")
  }

  private static let parts = [
    "a", "b", "c", "d", "B", "*", "*", #"\052"#, "@", #"\100"#, ";", #"\073"#, #"\;"#, #"\""#, #"\134"#, #"\\"#,
    #"\056"#, #"\."#,
    #"\000"#, #"\040"#, #"\377"#, #"\198"#, #"\400"#, #"\12"#, "$", "#", "_", "-", "xn--a", "é", #"\a"#,
  ]
  private static let separators = [" ", "  ", "\t", "\n", "\"", "(", ")", ",", "=", "\\#", "/", "."]
  private static let identifiers = [
    "", " ", "a", "A", "é", "e\u{301}", "1", "007", "true", "null", "~", "\"", "\\", "a\nb", "#", "\u{1}",
    String(repeating: "x", count: 128), String(repeating: "x", count: 129),
  ]
  private static let samples = [
    "A": ["10.0.0.1", "10.0.0.2"], "AAAA": ["2001:db8::1", "::ffff:10.0.0.1"],
    "CAA": [#"0 issue "ca.example; x=y""#, "128 tbs x"], "CNAME": ["a.example", "b.a."],
    "DS": ["1 8 2 ABCD", "1 5 1 ab"],
    "HTTPS": [#"1 . alpn="h2,h3" port=53"#, #"1 a. key65280="x" mandatory=key65280"#], "MX": ["10 a.b.", "0 ."],
    "NAPTR": [#"1 2 "U" "SIP+D2U" "!^.*$!sip:a@b!" ."#], "NS": ["ns.a.", "ns.b"], "PTR": ["a.b.", "A.B"],
    "SOA": ["ns.a. h.b. 1 2 3 4 5"], "SPF": [#""v=spf1 -all""#], "SRV": ["1 2 3 a.b.", "0 0 0 ."],
    "SSHFP": ["1 1 ABCDEF"], "SVCB": [#"1 a. ipv4hint=10.0.0.1 ech=AEn+DQ== dohpath="/q{?dns}""#, "0 b."],
    "TLSA": ["3 1 1 ABCD"], "TXT": [#""a" "b c""#, "\"\"", #""x;y(z)""#],
  ]
}
