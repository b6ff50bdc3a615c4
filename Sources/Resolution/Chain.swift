// From verdict to verdict: CNAME, DNAME and alias are followed, with the asker's view at every hop (R14, decision 13).
import DNSWire

/// Writes the answer and authority sections for the name in `scratch`.
@_noLocks
func answerChain(
  _ tables: borrowing Tables, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) -> ResponseCode {
  var type = scratch.query.type
  var owner = Limits.headerOctets
  /// Where the name of each hop stands in the message.
  var owners = Limits.HopStorage<UInt16>(repeating: 0)
  /// The zone of the first alias since a name that the client sees: what is missing behind an alias is missing in
  /// its zone (semantics 3.3).
  var aliasZone: UInt32?
  /// The answer of another server that led to the name of this hop, -1 when none did.
  var foreignAnswer = -1
  scratch.isAuthentic = true
  var hop = 0
  while hop < Limits.chainHops {
    let verdict = tables.decide(scratch.asker, &scratch.name, type)
    scratch.hops[hop] = verdict
    scratch.hopCount = hop + 1
    owners[hop] = UInt16(truncatingIfNeeded: owner)
    if case .elsewhere = verdict.outcome {
      if isCircle(none, before: hop, &owners, &scratch, out) { return endChain(.chainTooLong, .servFail, &scratch) }
      var place = ForeignPlace(owner: owner)
      place.answer = foreignAnswer
      let ended = putForeign(
        tables, verdict, type, hop: hop, aliasZone: aliasZone, &place, &scratch, into: &out)
      if let ended { return ended }
      owner = place.owner
      foreignAnswer = place.answer
      aliasZone = nil
      if scratch.writer.overflowed { return .noError }
      if owner > Limits.furthestPointer { return endChain(.chainTooLong, .servFail, &scratch) }
      hop += 1
      continue
    }
    // What is ours is signed by nobody.
    scratch.isAuthentic = false
    foreignAnswer = -1
    switch verdict.outcome {
    case .address(let address, let ttl):
      scratch.writer.putA(ownerOffset: owner, ttl: ttl, address: address, into: &out)
      return .noError
    case .records(let set):
      // A question for a DNAME can end at the one that led there. A wildcard's is another record at each name.
      if !isWritten(set, before: hop, &scratch) || !tables.hasNode(&scratch.name, in: verdict.zone) {
        putSet(tables, set, owner, &scratch, into: &out)
      }
      return .noError
    case .pointer(let address, let region, let isPublic):
      putPointer(tables, address, region, isPublic, owner, &scratch, into: &out)
      return .noError
    case .canonicalName(let set):
      if isCircle(set, before: hop, &owners, &scratch, out) { return endChain(.chainTooLong, .servFail, &scratch) }
      if hop == 0 { scratch.writer.rememberQuestion(&scratch.name) }
      owner = putSet(tables, set, owner, &scratch, into: &out)
      aliasZone = nil
    case .delegationName(let set, let label):
      if isCircle(set, before: hop, &owners, &scratch, out) { return endChain(.chainTooLong, .servFail, &scratch) }
      if hop == 0 { scratch.writer.rememberQuestion(&scratch.name) }
      // One DNAME can rename several names of a chain; its record stands in the answer once (RFC 2181 5).
      if !isWritten(set, before: hop, &scratch) { putDelegationName(tables, set, label, &scratch, into: &out) }
      guard let next = putSubstitution(tables, set, label, owner, &scratch, into: &out) else { return .yxDomain }
      owner = next
      aliasZone = nil
    case .alias(let set):
      if isCircle(set, before: hop, &scratch) { return endChain(.chainTooLong, .servFail, &scratch) }
      if aliasZone == nil { aliasZone = verdict.zone }
      // The alias stands for one type, whatever else its target has.
      if type == .any { type = tables.setRows[Int(set)].type }
      scratch.name.load(tables.data, at: Int(tables.setRows[Int(set)].data))
    case .noData(let authority):
      putSOA(tables, authority, aliasZone, isQuestion: hop == 0, &scratch, into: &out)
      return .noError
    case .nxDomain(let authority):
      putSOA(tables, authority, aliasZone, isQuestion: hop == 0, &scratch, into: &out)
      return aliasZone == nil ? .nxDomain : .noError
    case .elsewhere: break
    case .unknownAddress:
      scratch.errorCode = .other
      scratch.errorText = .unknownAddress
      return .servFail
    }
    if scratch.writer.overflowed { return .noError }
    // Records of the next name point to it.
    if owner > Limits.furthestPointer { return endChain(.chainTooLong, .servFail, &scratch) }
    hop += 1
  }
  return endChain(.chainTooLong, .servFail, &scratch)
}

/// The chain so far, and a text that says where it stopped. The client does not see aliases: where there was nothing
/// else, NOERROR would say that the name has no data, so it gets `code` (decision 13).
@_noLocks
func endChain(_ text: Phrase, _ code: ResponseCode, _ scratch: inout Scratch) -> ResponseCode {
  scratch.errorCode = .other
  scratch.errorText = text
  return scratch.writer.hasAnswer ? .noError : code
}

/// An alias has one target, and is not seen: coming to it again is a circle.
@_noLocks
private func isCircle(_ alias: UInt32, before hop: Int, _ scratch: inout Scratch) -> Bool {
  var index = 0
  while index < hop {
    if case .alias(let earlier) = scratch.hops[index].outcome, earlier == alias { return true }
    index += 1
  }
  return false
}

/// A CNAME or a DNAME leads to the same name again when it meets the same name: the CNAME of a wildcard is another
/// record at each name that it answers for (RFC 4592 3.3.3).
/// - Parameter set: `none` for a name of somebody else's.
@_noLocks
private func isCircle(
  _ set: UInt32, before hop: Int, _ owners: inout Limits.HopStorage<UInt16>, _ scratch: inout Scratch,
  _ out: borrowing MutableSpan<UInt8>
) -> Bool {
  var index = 0
  while index < hop {
    var isSame = false
    switch scratch.hops[index].outcome {
    case .canonicalName(let earlier), .delegationName(let earlier, _): isSame = earlier == set
    case .elsewhere: isSame = set == none
    default: break
    }
    if isSame, scratch.writer.hasName(&scratch.name, at: Int(owners[index]), in: out) { return true }
    index += 1
  }
  return false
}

/// Whether the DNAME stands in the answer.
@_noLocks
private func isWritten(_ set: UInt32, before hop: Int, _ scratch: inout Scratch) -> Bool {
  var index = 0
  while index < hop {
    if case .delegationName(let earlier, _) = scratch.hops[index].outcome, earlier == set { return true }
    index += 1
  }
  return false
}

/// Writes an RRset. After a CNAME its target is the name that is looked up next; returns where that stands in the
/// message.
@_noLocks
@discardableResult
private func putSet(
  _ tables: borrowing Tables, _ set: UInt32, _ owner: Int, _ scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) -> Int {
  let row = tables.setRows[Int(set)]
  var offset = Int(row.data)
  var index = 0
  var target = owner
  var chosen = -1
  if case .rotating = row.kind {
    scratch.validity = .once
    chosen = scratch.turns.next(of: Int(row.count), set: row.rotation, asked: scratch.query.type)
  }
  while index < Int(row.count) {
    let size = Int(tables.data[offset]) << 8 | Int(tables.data[offset + 1])
    offset += 2
    if chosen < 0 || index == chosen {
      let lengthAt = scratch.writer.beginRecord(ownerOffset: owner, type: row.type, ttl: row.ttl, into: &out)
      target = scratch.writer.putData(tables.data, at: offset, size: size, type: row.type, into: &out)
      scratch.writer.endRecord(lengthAt, .answer, into: &out)
      if row.type == .cname { scratch.name.load(tables.data, at: offset) }
    }
    if scratch.writer.overflowed { break }
    offset += size
    index += 1
  }
  return target
}

/// Writes the DNAME that renames what is below the name in `scratch` from `label` on.
@_noLocks
private func putDelegationName(
  _ tables: borrowing Tables, _ set: UInt32, _ label: Int, _ scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) {
  let row = tables.setRows[Int(set)]
  let lengthAt = scratch.writer.beginRecord(
    owner: &scratch.name, fromLabel: label, type: .dname, ttl: row.ttl, into: &out)
  _ = scratch.writer.putData(
    tables.data, at: Int(row.data) + 2, size: Int(row.size) - 2, type: .dname, into: &out)
  scratch.writer.endRecord(lengthAt, .answer, into: &out)
}

/// Writes the CNAME that follows from a DNAME (RFC 6672 3.1); `nil` when the new name would be too long.
@_noLocks
private func putSubstitution(
  _ tables: borrowing Tables, _ set: UInt32, _ label: Int, _ owner: Int, _ scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) -> Int? {
  let row = tables.setRows[Int(set)]
  guard scratch.name.replaceSuffix(fromLabel: label, with: tables.data, at: Int(row.data) + 2) else { return nil }
  let lengthAt = scratch.writer.beginRecord(ownerOffset: owner, type: .cname, ttl: row.ttl, into: &out)
  let target = scratch.writer.put(&scratch.name, fromLabel: 0, into: &out)
  scratch.writer.endRecord(lengthAt, .answer, into: &out)
  return target
}

/// A PTR record whose target is made from the address and the Region's suffix.
@_noLocks
private func putPointer(
  _ tables: borrowing Tables, _ address: IPv4Address, _ region: UInt16, _ isPublic: Bool, _ owner: Int,
  _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  let row = tables.regions[Int(region)]
  let recordLengthAt = scratch.writer.beginRecord(
    ownerOffset: owner, type: .ptr, ttl: tables.timesToLive.pointer, into: &out)
  let labelAt = scratch.writer.position
  scratch.writer.put8(0, into: &out)
  let prefix = isPublic ? HostnamePrefix.ec2 : HostnamePrefix.ip
  scratch.writer.put(prefix.text, count: prefix.octets, into: &out)
  var index = 0
  while index < 4 {
    if index > 0 { scratch.writer.put8(UInt8(ascii: "-"), into: &out) }
    scratch.writer.put(decimalOctet: address.octet(index), into: &out)
    index += 1
  }
  scratch.writer.set8(UInt8(truncatingIfNeeded: scratch.writer.position - labelAt - 1), at: labelAt, into: &out)
  let suffix = isPublic ? row.publicSuffix : row.privateSuffix
  _ = scratch.writer.putName(tables.data, at: Int(suffix), into: &out)
  scratch.writer.endRecord(recordLengthAt, .answer, into: &out)
}

/// The SOA of a negative answer (RFC 2308 2, decision 4).
@_noLocks
func putSOA(
  _ tables: borrowing Tables, _ authority: Verdict.StartOfAuthority, _ aliasZone: UInt32?, isQuestion: Bool,
  _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  guard tables.hasNegativeSOA else { return }
  var set: UInt32
  var labels: Int
  var lengthAt: Int
  var zone = aliasZone
  var domain = UInt32(0)
  if zone == nil {
    switch authority {
    case .zone(let index): zone = index
    case .domain(let index): domain = index
    }
  }
  if let zone {
    set = tables.zoneRows[Int(zone)].negativeSOA
    labels = Int(tables.zoneRows[Int(zone)].labelCount)
  } else {
    set = tables.syntheticSOA
    labels = Int(tables.domainRows[Int(domain)].labelCount)
  }
  let row = tables.setRows[Int(set)]
  if isQuestion {
    // The zone's name is the end of the question's.
    scratch.writer.rememberQuestion(&scratch.name)
    lengthAt = scratch.writer.beginRecord(
      ownerOffset: Limits.headerOctets + scratch.name.start(ofLabel: scratch.name.labelCount - labels), type: .soa,
      ttl: row.ttl, into: &out)
  } else if let zone {
    lengthAt = scratch.writer.beginRecord(
      owner: tables.data, at: Int(tables.zoneRows[Int(zone)].name), type: .soa, ttl: row.ttl, into: &out)
  } else {
    lengthAt = scratch.writer.beginRecord(
      owner: tables.data, at: Int(tables.domainRows[Int(domain)].name), type: .soa, ttl: row.ttl, into: &out)
  }
  let data = Int(row.data)
  let size = Int(tables.data[data]) << 8 | Int(tables.data[data + 1])
  _ = scratch.writer.putData(tables.data, at: data + 2, size: size, type: .soa, into: &out)
  scratch.writer.endRecord(lengthAt, .authority, into: &out)
}
