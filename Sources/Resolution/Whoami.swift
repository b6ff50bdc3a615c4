// `dig CH TXT whoami.`: whom the server takes you for, and why; and `version.bind.` and `id.server.` (RFC 4892), as
// other servers have them.
import DNSWire

/// What is asked of class CHAOS.
enum ChaosName {
  static var whoami: UInt32 { @_noLocks get { 0 } }
  static var version: UInt32 { @_noLocks get { 1 } }
  static var identity: UInt32 { @_noLocks get { 2 } }
}

@_noLocks
func answerChaos(
  _ tables: borrowing Tables, _ generation: UInt64, _ arrival: Arrival, _ scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) -> ResponseCode? {
  let query = scratch.query
  let found = tables.domains.find(&scratch.name, fromLabel: 0, in: Space.chaos)
  // Who gets no answers (decision 6) hears this one all the same (decision 20).
  if found != ChaosName.whoami, tables.isSilent(to: scratch.asker) { return nil }
  guard query.type == .txt || query.type == .any, let name = found else { return .refused }
  if name == ChaosName.identity, !scratch.manners.hasIdentity { return .refused }
  let lengthAt = scratch.writer.beginChaosText(into: &out)
  if name == ChaosName.identity {
    let start = scratch.writer.beginString(into: &out)
    putIdentity(&scratch, into: &out)
    scratch.writer.endString(start, into: &out)
  } else if name == ChaosName.version {
    let start = scratch.writer.beginString(into: &out)
    scratch.writer.put(.version, tables, into: &out)
    scratch.writer.endString(start, into: &out)
  } else {
    putWhoami(tables, generation, arrival, &scratch, into: &out)
  }
  scratch.writer.endRecord(lengthAt, .answer, into: &out)
  return .noError
}

@_noLocks
private func putWhoami(
  _ tables: borrowing Tables, _ generation: UInt64, _ arrival: Arrival, _ scratch: inout Scratch,
  into out: inout MutableSpan<UInt8>
) {
  let asker = scratch.asker
  var start = scratch.writer.beginString(into: &out)
  scratch.writer.put(.asker, tables, into: &out)
  switch asker.kind {
  case .instance:
    scratch.writer.put(text: tables.instances[Int(asker.instance)].identifier, tables.identifiers, into: &out)
  case .vpcHost: scratch.writer.put(.someHostIn, tables, into: &out)
  case .classicHost: scratch.writer.put(.classicHost, tables, into: &out)
  case .internet: scratch.writer.put(.internet, tables, into: &out)
  }
  switch asker.kind {
  case .vpcHost: scratch.writer.put(text: tables.vpcs[Int(asker.vpc)].identifier, tables.identifiers, into: &out)
  case .classicHost:
    scratch.writer.put(text: tables.regions[Int(asker.region)].identifier, tables.identifiers, into: &out)
  default: break
  }
  scratch.writer.endString(start, into: &out)

  if asker.isClassic || asker.vpc != none {
    start = scratch.writer.beginString(into: &out)
    putPlace(tables, asker, &scratch, into: &out)
    scratch.writer.endString(start, into: &out)
  }

  start = scratch.writer.beginString(into: &out)
  scratch.writer.put(.foundBy, tables, into: &out)
  scratch.writer.put(phrase(asker.reason), tables, into: &out)
  scratch.writer.endString(start, into: &out)

  start = scratch.writer.beginString(into: &out)
  scratch.writer.put(.source, tables, into: &out)
  scratch.writer.put(scratch.source, into: &out)
  scratch.writer.endString(start, into: &out)

  start = scratch.writer.beginString(into: &out)
  scratch.writer.put(.network, tables, into: &out)
  if arrival.network.rawValue == Network.any.rawValue {
    scratch.writer.put(.any, tables, into: &out)
  } else if arrival.network.rawValue == Network.classic.rawValue {
    scratch.writer.put(.classic, tables, into: &out)
    scratch.writer.put(text: tables.regions[Int(tables.classicRegion)].identifier, tables.identifiers, into: &out)
  } else {
    scratch.writer.put(text: tables.vpcs[Int(arrival.network.rawValue)].identifier, tables.identifiers, into: &out)
  }
  scratch.writer.endString(start, into: &out)

  if asker.isForeign {
    start = scratch.writer.beginString(into: &out)
    scratch.writer.put(.foreign, tables, into: &out)
    scratch.writer.endString(start, into: &out)
  }

  start = scratch.writer.beginString(into: &out)
  scratch.writer.put(.listener, tables, into: &out)
  scratch.writer.put(arrival.destination, into: &out)
  scratch.writer.put8(UInt8(ascii: "#"), into: &out)
  scratch.writer.put(decimal: UInt64(arrival.port), into: &out)
  scratch.writer.endString(start, into: &out)

  start = scratch.writer.beginString(into: &out)
  scratch.writer.put(.generation, tables, into: &out)
  scratch.writer.put(decimal: generation, into: &out)
  scratch.writer.endString(start, into: &out)
}

/// Where the asker is, and whether the VPC's DNS is its own.
@_noLocks
private func putPlace(
  _ tables: borrowing Tables, _ asker: Asker, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  if asker.isClassic {
    scratch.writer.put(.classic, tables, into: &out)
    scratch.writer.put(text: tables.regions[Int(asker.region)].identifier, tables.identifiers, into: &out)
    guard asker.linkedVPC != none else { return }
    scratch.writer.put8(UInt8(ascii: ","), into: &out)
    scratch.writer.put8(UInt8(ascii: " "), into: &out)
    scratch.writer.put(.linkedTo, tables, into: &out)
    scratch.writer.put(text: tables.vpcs[Int(asker.linkedVPC)].identifier, tables.identifiers, into: &out)
    scratch.writer.put(asker.view == none ? .supportOff : .supportOn, tables, into: &out)
  } else {
    scratch.writer.put(.inVPC, tables, into: &out)
    scratch.writer.put(text: tables.vpcs[Int(asker.vpc)].identifier, tables.identifiers, into: &out)
    if asker.view == none { scratch.writer.put(.attributesOff, tables, into: &out) }
  }
}

@_noLocks
private func phrase(_ reason: Asker.Reason) -> Phrase {
  switch reason {
  case .requester: .requesterLine
  case .instanceAddress: .instanceAddress
  case .vpcRange: .vpcRange
  case .classicRange: .classicRange
  case .ambiguous: .ambiguous
  case .unknown: .unknown
  }
}

extension ResponseWriter {
  /// A fixed text of the tables.
  @_noLocks
  fileprivate mutating func put(_ phrase: Phrase, _ tables: borrowing Tables, into out: inout MutableSpan<UInt8>) {
    put(text: tables.phrases[phrase.index], tables.identifiers, into: &out)
  }
}
