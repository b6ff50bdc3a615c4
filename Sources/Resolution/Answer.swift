// From a packet to its answer: the one way through the code for a question. No lock, no allocation, no reference count.
import DNSWire

/// For how long an answer is what the same octets from the same address get.
public enum Validity: BitwiseCopyable, Sendable {
  /// Not even twice: answered in turn, with a time to live of 0, with a failure of another server, or to nobody known.
  case once
  /// Another server's: until its times to live are one less, at the next second of the clock.
  case second
  /// Until the world changes.
  case generation
}

/// What a worker needs to answer: storage that is used again for each question.
public struct Scratch: ~Copyable {
  public var name = FoldedName()
  var writer = ResponseWriter()
  public var query = Query()
  var errorCode: ExtendedErrorCode?
  var errorText = Phrase.elsewhere
  var turns = Turns()
  /// The verdicts of the last question, one a hop.
  public internal(set) var hops = Limits.HopStorage<Verdict>(repeating: Verdict(.elsewhere, .publicDNS))
  public internal(set) var hopCount = 0
  public internal(set) var asker = Asker()
  /// The address that the last question came from; what a trusted Client Subnet option says in its place.
  public internal(set) var source = IPAddress.v4(IPv4Address(rawValue: 0))
  /// Nobody knows who asked last (world.md 2.6).
  public internal(set) var lastAskerWasUnknown = false

  /// For how long the same question gets the last answer again.
  public internal(set) var validity = Validity.once

  /// What the server says of itself.
  public var manners = Manners()
  /// What the last question's cookie says of who asks.
  public var cookieState: CookieState { @_noLocks get { cookie.state } }
  var cookie = ServerCookie()
  /// The answer has a cookie.
  var hasCookie: Bool {
    @_noLocks get {
      if case .absent = cookie.state { return false }
      return true
    }
  }

  /// Which names other servers are asked for; nobody but who can ask them says more than nothing.
  public var reach = Reach.nothing
  /// What the last question still needs: there is no answer before somebody has added it to `answers`.
  public internal(set) var need: Need?
  /// What other servers said, for the question at hand; empty before each.
  public var answers = ForeignAnswers()
  /// DNAMEs of others, and their signatures, that stand in the answer.
  var writtenRows = WrittenRows()
  /// All that was written is another server's, and proven.
  var isAuthentic = false
  fileprivate var isProven: Bool {
    @_noLocks get {
      if case .some = errorCode { return false }
      return isAuthentic
    }
  }

  public init() {}

  /// Lets go of what the last message led to.
  @_noLocks
  mutating func forget() {
    hopCount = 0
    errorCode = nil
    lastAskerWasUnknown = false
    validity = .once
    isAuthentic = false
    need = nil
  }
}

/// Turns the message of `count` octets that stands in `out` into its answer and returns the answer's length; 0 means
/// that nothing is sent, or that there is a `need`. An answer begins with its question, which therefore never moves.
/// - Parameter known: Who asks, where that is known: of a batch it is found out for all questions first, and a what-if
///   asks as anybody.
@_noLocks
public func answer(
  _ tables: borrowing Tables, generation: UInt64, _ arrival: Arrival, messageOf count: Int,
  in out: inout MutableSpan<UInt8>, from known: Asker? = nil, scratch: inout Scratch
) -> Int {
  let judgement = scratch.query.read(out, count: count, name: &scratch.name)
  if case .drop = judgement {
    scratch.forget()
    scratch.cookie = ServerCookie()
    return 0
  }
  return answer(judgement, tables, generation, arrival, known, in: &out, scratch: &scratch)
}

/// Answers the question in `scratch.query` again, of which `out` has the header and the name as they came, after what
/// it needed has come.
@_noLocks
public func answerAgain(
  _ tables: borrowing Tables, generation: UInt64, _ arrival: Arrival, in out: inout MutableSpan<UInt8>,
  from known: Asker? = nil, scratch: inout Scratch
) -> Int {
  guard case .some = scratch.name.read(out, count: scratch.query.questionEnd, at: Limits.headerOctets) else {
    scratch.forget()
    return 0
  }
  scratch.writtenRows.removeAll()
  return answer(.query, tables, generation, arrival, known, in: &out, scratch: &scratch)
}

@_noLocks
private func answer(
  _ judgement: Query.Judgement, _ tables: borrowing Tables, _ generation: UInt64, _ arrival: Arrival, _ known: Asker?,
  in out: inout MutableSpan<UInt8>, scratch: inout Scratch
) -> Int {
  scratch.forget()
  scratch.validity = .generation
  let query = scratch.query
  judgeCookie(arrival, &scratch)
  scratch.writer.begin(query, limit: sizeLimit(tables, query, arrival), into: &out)
  let optSize = query.hasEDNS ? 11 + clientSubnetEchoSize(query, arrival) + mannersSize(arrival, scratch) : 0
  scratch.writer.reserve(optSize)
  var code = ResponseCode.noError
  switch judgement {
  // Over UDP the option says nothing (RFC 7828 3.2.2).
  case .query where !(query.keepaliveHasData && arrival.isTCP):
    guard
      let result = answerQuestion(tables, generation, arrival, known, &scratch, into: &out)
    else { return 0 }
    // Nothing but records behind the question has been written: the question can be answered again.
    if case .some = scratch.need { return 0 }
    code = result
  default:
    // Decision 6: who gets no answers does not hear of errors either.
    if tables.isSilent(to: tables.asker(source: scratch.source, network: arrival.network)) { return 0 }
    code = responseCode(judgement, scratch.cookie.state)
  }
  var isTruncated = scratch.writer.overflowed
  if isTruncated {
    scratch.writer.truncate()
    // Of what was left out nobody has seen whether it is proven.
    scratch.isAuthentic = false
    if arrival.isTCP {
      // There is no larger transport to point to.
      isTruncated = false
      code = .servFail
      scratch.errorCode = .other
      scratch.errorText = .answerTooLarge
    }
  }
  scratch.writer.release(optSize)
  if query.hasEDNS { putOPT(tables, arrival, code, &scratch, into: &out) }
  scratch.writer.finish(
    query, code: code, isTruncated: isTruncated, isAuthentic: scratch.isProven && query.wantsAuthenticity,
    additional: query.hasEDNS ? 1 : 0, into: &out)
  return scratch.writer.position
}

/// What is said to a message that is no question.
@_noLocks
private func responseCode(_ judgement: Query.Judgement, _ cookie: CookieState) -> ResponseCode {
  switch judgement {
  case .cookieOnly:
    switch cookie {
    case .clientOnly, .valid: .noError
    case .invalid: .badCookie
    case .absent: .formErr
    }
  case .badVers: .badVers
  case .notImp: .notImp
  default: .formErr
  }
}

/// `nil`: nothing is sent.
@_noLocks
private func answerQuestion(
  _ tables: borrowing Tables, _ generation: UInt64, _ arrival: Arrival, _ known: Asker?,
  _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) -> ResponseCode? {
  let query = scratch.query
  let source = scratch.source
  scratch.asker = known ?? tables.asker(source: source, network: arrival.network)
  if case .unknown = scratch.asker.reason {
    scratch.lastAskerWasUnknown = true
    scratch.validity = .once
  }
  if query.recordClass == .chaos {
    // The answer names the very address that was asked.
    scratch.validity = .once
    return answerChaos(tables, generation, arrival, &scratch, into: &out)
  }
  if tables.isSilent(to: scratch.asker) { return nil }
  guard query.recordClass == .in else { return refuseClass(query.recordClass, &scratch) }
  if query.type.rawValue >= RecordType.nxName.rawValue || query.type == .opt, let code = refuseType(&scratch) {
    return code
  }
  if scratch.asker.isForeign {
    scratch.errorCode = .prohibited
    scratch.errorText = .foreignResolver
    return .refused
  }
  return answerChain(tables, &scratch, into: &out)
}

/// Classes are judged as BIND does: one that no question has is an error, one that nobody knows is not implemented.
@_noLocks
private func refuseClass(_ recordClass: RecordClass, _ scratch: inout Scratch) -> ResponseCode {
  if recordClass == .any || recordClass == .none || recordClass.rawValue == 0 { return .formErr }
  scratch.errorCode = .notSupported
  scratch.errorText = .otherClass
  return recordClass == .hesiod ? .refused : .notImp
}

/// The code for a type that no data has; `nil` for the others.
@_noLocks
private func refuseType(_ scratch: inout Scratch) -> ResponseCode? {
  if scratch.query.type.isMeta {
    scratch.errorCode = .invalidQueryType
    scratch.errorText = .metaType
    return .formErr
  }
  if scratch.query.type == .mailA || scratch.query.type == .mailB {
    scratch.errorCode = .notSupported
    scratch.errorText = .mailType
    return .notImp
  }
  // Whole zones are not given away (RFC 5936 leaves that to policy).
  guard scratch.query.type == .axfr || scratch.query.type == .ixfr else { return nil }
  scratch.errorCode = .notSupported
  scratch.errorText = .noTransfer
  return .refused
}

/// Octets that the answer may have.
@_noLocks
private func sizeLimit(_ tables: borrowing Tables, _ query: Query, _ arrival: Arrival) -> Int {
  if arrival.isTCP { return Limits.tcpOctets }
  guard query.hasEDNS else { return Limits.plainUDPOctets }
  return min(Int(query.payloadSize), Int(tables.largestUDPPayload))
}

/// A Client Subnet option of a trusted source is echoed (RFC 7871 7.2.2), unless it has a size that none can have: then
/// it is no such option, and might not fit.
@_noLocks
private func clientSubnetEchoSize(_ query: Query, _ arrival: Arrival) -> Int {
  guard arrival.trustsClientSubnet, query.clientSubnetSize >= OptionCode.clientSubnetLeastOctets,
    query.clientSubnetSize <= OptionCode.clientSubnetMostOctets
  else { return 0 }
  return 4 + query.clientSubnetSize
}

@_noLocks
func putOPT(
  _ tables: borrowing Tables, _ arrival: Arrival, _ code: ResponseCode,
  _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  let query = scratch.query
  scratch.writer.put8(0, into: &out)
  scratch.writer.put16(RecordType.opt.rawValue, into: &out)
  scratch.writer.put16(tables.advertisedUDPPayload, into: &out)
  // Upper bits of the code, version 0, and DO as it came (RFC 6891 6.1.3, RFC 3225 3).
  scratch.writer.put8(UInt8(truncatingIfNeeded: code.rawValue >> 4), into: &out)
  scratch.writer.put8(0, into: &out)
  scratch.writer.put16(query.dnssecOK ? 0x8000 : 0, into: &out)
  let lengthAt = scratch.writer.position
  scratch.writer.put16(0, into: &out)
  if clientSubnetEchoSize(query, arrival) > 0 {
    scratch.writer.put16(OptionCode.clientSubnet, into: &out)
    scratch.writer.put16(UInt16(truncatingIfNeeded: query.clientSubnetSize), into: &out)
    var index = 0
    while index < query.clientSubnetSize {
      scratch.writer.put(
        query.clientSubnetEcho(index &>> 3), count: min(8, query.clientSubnetSize &- index), into: &out)
      index &+= 8
    }
  }
  putManners(arrival, &scratch, into: &out)
  putExtendedError(tables, &scratch, into: &out)
  scratch.writer.set16(
    UInt16(truncatingIfNeeded: scratch.writer.position - lengthAt - 2), at: lengthAt, into: &out)
}
