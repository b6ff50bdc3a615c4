// Changes, which are in sync when the call returns; and what an asker gets now (TestDNSAnswer).
import Cloud
import DNSWire
import Resolution
import WorldFile

extension RESTService {
  static let changeOperations: [String: Operation] = [
    "GetChange": { (call: inout Call, parameters) throws(AWSError) in
      let text = try parameters.required("Id")
      guard let id = ChangeID(text) else {
        throw AWSError("NoSuchChange", "Could not find resource with ID: \(text)")
      }
      return [id.xml()]
    },
    // AWS answers for public zones only. Here a private one is asked as a host of its first VPC would, and
    // EDNS0ClientSubnetIP, else ResolverIP, is who asks instead; a subnet that is no whole address is nobody, as in a
    // question with that option (world.md 2).
    "TestDNSAnswer": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.hostedZone(parameters.required("HostedZoneId"))
      guard let name = try parameters.domainName("RecordName") else { throw .missing("RecordName") }
      let type = try parameters.recordType("RecordType")
      guard name.isEqualToOrBelow(zone.name) else {
        throw .invalidInput("\(name.route53) is not in the hosted zone \(zone.name.route53)")
      }
      let client = try parameters.clientSubnet()
      let resolver = try parameters.parsed("ResolverIP", "it must be an IP address") { IPAddress($0) }
      let usual = zone.vpcIDs.first.map { Who.resource($0.rawValue) } ?? .internet
      guard let asker = call.snapshot.tables.asker((client ?? resolver).map { .source($0) } ?? usual) else {
        throw .invalidInput("\(usual) cannot ask yet: it was made a moment ago")
      }
      let answer = call.snapshot.explain(asker, name: name, type: type)
      let data = answer.answer.map { ResourceRecordSet.value($0.type, $0.data) }
      return [
        XML("Nameserver", "classiclink-dns"), XML("RecordName", name.route53), XML("RecordType", type.description),
        .texts("RecordData", of: "RecordDataEntry", data),
        // Decision 6: a VPC without DNS support hears nothing.
        XML("ResponseCode", answer.code?.description ?? "TIMEOUT"), XML("Protocol", "TCP"),
      ]
    },
  ]
}

extension Parameters {
  /// The address of an EDNS Client Subnet option; `nil` for none, and for a part of one.
  fileprivate func clientSubnet() throws(AWSError) -> IPAddress? {
    let address = try parsed("EDNS0ClientSubnetIP", "it must be an IP address") { IPAddress($0) }
    let whole = if case .v4 = address { 32 } else { 128 }
    let bits = try integer("EDNS0ClientSubnetMask", in: 0...whole) ?? whole
    return bits == whole ? address : nil
  }
}

/// The id of a change says when it was made, and ends in digits that follow from that: no change has to be kept for it
/// to be known again.
struct ChangeID {
  private static let radix = 36
  private static let checkDigits = 5
  /// Prime, and of no more digits than the check has.
  private static let modulus: UInt64 = 60_466_157

  var time: Timestamp

  init(time: Timestamp) { self.time = time }

  /// With or without the `/change/` that replies have.
  init?(_ text: String) {
    let prefix = "/change/"
    let own = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
    guard own.hasPrefix("C"), own.utf8.count > 1 + Self.checkDigits,
      let milliseconds = Int64(own.dropFirst().dropLast(Self.checkDigits), radix: Self.radix), milliseconds >= 0
    else { return nil }
    time = Timestamp(milliseconds: milliseconds)
    guard self.text == own else { return nil }
  }

  var text: String {
    let scattered = UInt64(bitPattern: time.milliseconds) &* 0x9e37_79b9_7f4a_7c15
    let check = String((scattered >> 16) % Self.modulus, radix: Self.radix)
    let padding = String(repeating: "0", count: Self.checkDigits - check.count)
    return ("C" + String(time.milliseconds, radix: Self.radix) + padding + check).uppercased()
  }

  func xml(comment: String? = nil) -> XML {
    let members = [
      XML("Id", "/change/\(text)"), XML("Status", "INSYNC"), XML("SubmittedAt", time),
      XML("Comment", optional: comment),
    ]
    return XML("ChangeInfo", members.compactMap(\.self))
  }
}

extension Call {
  /// Of this call: answers know of it before the reply is sent.
  func changeInfo(comment: String? = nil) -> XML { ChangeID(time: now).xml(comment: comment) }
}
