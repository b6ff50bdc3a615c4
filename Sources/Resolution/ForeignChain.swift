// A name of somebody else's: what another server says of it is written like what the tables say, hop by hop, so that a
// chain that comes back to us gets the asker's view (R14, decision 13).
import DNSWire

/// Which names other servers are asked for.
public enum Reach: BitwiseCopyable, Sendable {
  /// None: nothing leaves this server.
  case nothing
  /// Those that a Resolver rule forwards.
  case rules
  case everything
}

/// A question to other servers, without which a question cannot be answered; its name is the one in the scratch.
public struct Need: BitwiseCopyable, Sendable {
  public var type: RecordType
  /// Row of `Tables.targetSets`; 0 are those that every name is asked of.
  public var targets: UInt32
}

extension Tables {
  /// The row of the servers that a verdict leads to; `nil` when none are known.
  @_noLocks
  borrowing func targets(of verdict: Verdict, _ reach: Reach) -> UInt32? {
    switch reach {
    case .nothing: return nil
    case .rules, .everything: break
    }
    if verdict.resolverRule != none {
      let targets = ruleRows[Int(verdict.resolverRule)].targets
      return targets == 0 ? nil : targets
    }
    if case .everything = reach { return 0 }
    return nil
  }
}

/// Rows of other servers' answers that are written once, though several names lead to them: as many as a chain has
/// hops, each with some signatures.
struct WrittenRows: BitwiseCopyable {
  private var rows = InlineArray<64, Int32>(repeating: 0)
  private var count = 0

  @_noLocks init() {}

  @_noLocks
  mutating func contains(_ row: Int) -> Bool {
    var index = 0
    while index < count {
      if rows[index] == Int32(truncatingIfNeeded: row) { return true }
      index &+= 1
    }
    return false
  }

  /// False when it is there already, or there is no room.
  @_noLocks
  mutating func add(_ row: Int) -> Bool {
    guard count < rows.count, !contains(row) else { return false }
    rows[count] = Int32(truncatingIfNeeded: row)
    count &+= 1
    return true
  }

  @_noLocks
  mutating func removeAll() { count = 0 }
}

/// Where a chain stands that has left us.
struct ForeignPlace: BitwiseCopyable {
  /// Offset of the owner in the message.
  var owner: Int
  /// The answer that led to the name, -1 when none of another server did.
  var answer = -1

  @_noLocks init(owner: Int) { self.owner = owner }
}

/// One hop of somebody else's name. The code when that ends the answer, or there is a need; `nil` when the name in
/// the scratch is the next one.
@_noLocks
func putForeign(
  _ tables: borrowing Tables, _ verdict: Verdict, _ type: RecordType, hop: Int, aliasZone: UInt32?,
  _ place: inout ForeignPlace, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) -> ResponseCode? {
  // A question that wants no recursion gets what is here (decision 3).
  guard let targets = tables.targets(of: verdict, scratch.reach), scratch.query.recursionDesired else {
    if hop == 0 {
      scratch.errorCode = .notAuthoritative
      scratch.errorText = scratch.query.recursionDesired ? .elsewhere : .recursionNotDesired
      return .refused
    }
    return endChain(scratch.query.recursionDesired ? .chainLeaves : .chainStops, .refused, &scratch)
  }
  if case .generation = scratch.validity { scratch.validity = .second }
  if place.answer < 0 || scratch.answers.answers[place.answer].source != targets {
    guard let found = scratch.answers.find(&scratch.name, type, of: targets) else {
      if scratch.answers.isFull { return endChain(.chainTooLong, .servFail, &scratch) }
      scratch.need = Need(type: type, targets: targets)
      return .servFail
    }
    place.answer = found
  }
  let answer = scratch.answers.answers[place.answer]
  if case .tooLong = answer.fault {
    scratch.writer.overflow()
    return .noError
  }
  if let text = phrase(answer.fault, scratch.query) {
    scratch.validity = .once
    // Half a chain would look like the whole answer.
    scratch.writer.truncate()
    scratch.errorCode = text.code
    scratch.errorText = text.words
    return .servFail
  }
  if hop == 0 { scratch.writer.rememberQuestion(&scratch.name) }
  if !answer.isSecure { scratch.isAuthentic = false }
  if putRecords(answer, type, place, &scratch, into: &out) {
    // That a wildcard made it has a proof of its own (RFC 4035 3.1.3.3).
    if scratch.query.dnssecOK { putAuthority(answer, isPositive: true, &scratch, into: &out) }
    return .noError
  }
  if putCanonicalName(answer, &place, &scratch, into: &out) { return nil }
  // What is missing behind an alias is missing in its zone (semantics 3.3).
  if let aliasZone {
    putSOA(tables, .zone(aliasZone), aliasZone, isQuestion: false, &scratch, into: &out)
    return .noError
  }
  putAuthority(answer, isPositive: false, &scratch, into: &out)
  return answer.code
}

@_noLocks
private func phrase(_ fault: ForeignAnswer.Fault, _ query: Query) -> (code: ExtendedErrorCode, words: Phrase)? {
  switch fault {
  case .nothing, .tooLong: return nil
  case .noServer: return (.noReachableAuthority, .noServerAnswers)
  // Who checks by himself gets what there is (RFC 4035 3.2.2).
  case .bogus: return query.checkingDisabled ? nil : (.bogus, .forged)
  case .notAsked: return (.networkError, .notAsked)
  case .ownAddress: return (.other, .ownAddress)
  case .tooManyWait: return (.other, .tooManyWait)
  case .malformed: return (.networkError, .malformed)
  }
}

/// Writes the records of the name that were asked for; false when there are none.
@_noLocks
private func putRecords(
  _ answer: ForeignAnswer, _ type: RecordType, _ place: ForeignPlace, _ scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) -> Bool {
  var type = type
  if type == .any { type = anyType(answer, &scratch) }
  var hasAny = false
  var row = answer.firstAnswer
  while row < answer.firstAuthority {
    let record = scratch.answers.records[row]
    // Signatures come to who knows DNSSEC (RFC 3225 3).
    let isWanted =
      record.type == type || record.type == .rrsig && record.covered == type && scratch.query.dnssecOK
    if isWanted, scratch.name.equals(scratch.answers.octets, at: Int(record.owner), fromLabel: 0) {
      if type == .cname { putDelegationNames(answer, &scratch, into: &out) }
      if !scratch.writtenRows.contains(row) { put(record, place, .answer, &scratch, into: &out) }
      if record.type == type { hasAny = true }
    }
    row += 1
  }
  return hasAny
}

/// What ANY gets (RFC 8482 4.1): the set of the name's that comes first, signatures only where there is nothing else.
@_noLocks
private func anyType(_ answer: ForeignAnswer, _ scratch: inout Scratch) -> RecordType {
  var hasSignature = false
  var row = answer.firstAnswer
  while row < answer.firstAuthority {
    let record = scratch.answers.records[row]
    if scratch.name.equals(scratch.answers.octets, at: Int(record.owner), fromLabel: 0) {
      if record.type != .rrsig { return record.type }
      hasSignature = true
    }
    row += 1
  }
  return hasSignature ? .rrsig : .any
}

/// Writes the CNAME of the name, and the DNAME that it follows from; its target is the next name. False when there is
/// none.
@_noLocks
private func putCanonicalName(
  _ answer: ForeignAnswer, _ place: inout ForeignPlace, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) -> Bool {
  var found = -1
  var row = answer.firstAnswer
  while row < answer.firstAuthority, found < 0 {
    let record = scratch.answers.records[row]
    if record.type == .cname, scratch.name.equals(scratch.answers.octets, at: Int(record.owner), fromLabel: 0) {
      found = row
    }
    row += 1
  }
  guard found >= 0 else { return false }
  putDelegationNames(answer, &scratch, into: &out)
  let record = scratch.answers.records[found]
  let target = put(record, place, .answer, &scratch, into: &out)
  row = answer.firstAnswer
  while row < answer.firstAuthority, scratch.query.dnssecOK {
    let signature = scratch.answers.records[row]
    if signature.type == .rrsig, signature.covered == .cname,
      scratch.name.equals(scratch.answers.octets, at: Int(signature.owner), fromLabel: 0)
    {
      put(signature, place, .answer, &scratch, into: &out)
    }
    row += 1
  }
  scratch.name.load(scratch.answers.octets, at: Int(record.data))
  place.owner = target
  if answer.isAliasOnly { place.answer = -1 }
  return true
}

/// Writes the DNAMEs that rename the name, from which its CNAME follows (RFC 6672 3.1), unless they stand there: one
/// can rename several names of a chain (RFC 2181 5).
@_noLocks
private func putDelegationNames(
  _ answer: ForeignAnswer, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  var row = answer.firstAnswer
  while row < answer.firstAuthority {
    let record = scratch.answers.records[row]
    if record.type == .dname || record.type == .rrsig && record.covered == .dname && scratch.query.dnssecOK,
      isBelow(record.owner, &scratch), scratch.writtenRows.add(row)
    {
      putWithOwner(record, .answer, &scratch, into: &out)
    }
    row += 1
  }
}

/// Whether the name in the scratch is below the one at this offset.
@_noLocks
private func isBelow(_ owner: UInt32, _ scratch: inout Scratch) -> Bool {
  var label = 1
  while label <= scratch.name.labelCount {
    if scratch.name.equals(scratch.answers.octets, at: Int(owner), fromLabel: label) { return true }
    label += 1
  }
  return false
}

/// Writes the SOA of a negative answer (RFC 2308 2), and the proof of what is not there for who knows DNSSEC.
@_noLocks
private func putAuthority(
  _ answer: ForeignAnswer, isPositive: Bool, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  var row = answer.firstAuthority
  while row < answer.end {
    let record = scratch.answers.records[row]
    let proves = record.type == .rrsig ? record.covered : record.type
    let isProof = proves == .nsec || proves == .nsec3 || !isPositive && record.type == .rrsig
    if !isPositive && record.type == .soa || isProof && scratch.query.dnssecOK {
      putWithOwner(record, .authority, &scratch, into: &out)
    }
    row += 1
  }
}

/// Writes a record of the name at hand; returns where the first name of its data stands.
@_noLocks
@discardableResult
private func put(
  _ record: ForeignRecord, _ place: ForeignPlace, _ section: Section, _ scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) -> Int {
  if record.ttl == 0 { scratch.validity = .once }
  let lengthAt = scratch.writer.beginRecord(ownerOffset: place.owner, type: record.type, ttl: record.ttl, into: &out)
  let first = scratch.writer.putData(
    scratch.answers.octets, at: Int(record.data), size: Int(record.size), type: record.type, into: &out)
  scratch.writer.endRecord(lengthAt, section, into: &out)
  return first
}

@_noLocks
private func putWithOwner(
  _ record: ForeignRecord, _ section: Section, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  if record.ttl == 0 { scratch.validity = .once }
  let lengthAt = scratch.writer.beginRecord(
    owner: scratch.answers.octets, at: Int(record.owner), type: record.type, ttl: record.ttl, into: &out)
  _ = scratch.writer.putData(
    scratch.answers.octets, at: Int(record.data), size: Int(record.size), type: record.type, into: &out)
  scratch.writer.endRecord(lengthAt, section, into: &out)
}
