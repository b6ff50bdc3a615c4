// Questions that need other servers, of one worker: what the cache has is answered at once, the others wait, and nobody
// waits for them.
import CLinux
import DNSWire
import Glibc
import Recursion
import Resolution

/// Between `answer`, which says what it needs, and Recursion, which asks for it.
final class Forwarder {
  /// Questions that were put to other servers or their cache, and what became of them.
  private struct Counts: BitwiseCopyable {
    var asked: UInt64 = 0
    var fromCache: UInt64 = 0
    var failed: UInt64 = 0
    var refused: UInt64 = 0
  }

  let reach: Reach
  private let recursion: Recursion
  private let ownAddresses: OwnAddresses
  private let share: Int
  private let hasOneClient: Bool
  private var waiting: WaitingTable
  /// Rows of servers that are this very server.
  private var ownRows: Set<UInt32> = []
  private var counts = Counts()

  init(_ forwarding: Server.Forwarding, _ recursion: Recursion, _ ownAddresses: OwnAddresses) {
    reach = forwarding.reach
    self.recursion = recursion
    self.ownAddresses = ownAddresses
    share = forwarding.waitingPerClient
    hasOneClient = forwarding.recursion.isForOneClient
    waiting = WaitingTable(limit: RecursionLimits.waiting)
  }

  var descriptor: CInt { recursion.descriptor }
  /// Milliseconds until `turn` or `overdue` has something to do in any case; `nil` when nothing waits.
  var due: Int64? {
    waiting.count == 0 ? recursion.due : min(recursion.due ?? .max, TransportLimits.sweepMilliseconds)
  }

  func show(in counters: inout Counters) {
    counters[.foreignQuestions] = counts.asked &+ counters[.foreignRemembered]
    counters[.foreignFromCache] = counts.fromCache &+ counters[.foreignRemembered]
    counters[.foreignFailures] = counts.failed
    counters[.foreignRefused] = counts.refused
    counters[.foreignWaiting] = UInt64(waiting.count)
    counters[.foreignContexts] = UInt64(recursion.contextCount)
  }

  /// Takes the servers of a new snapshot.
  func use(_ tables: borrowing Tables) {
    recursion.use(tables.targetSets)
    ownRows = []
    for row in tables.targetSets.indices where tables.targetSets[row].contains(where: ownAddresses.contains) {
      ownRows.insert(UInt32(row))
    }
  }

  /// Who asked, and how the answer gets there.
  struct Asked {
    var arrival: Arrival
    var port: UInt16
    var listener: UInt16
    var wayBack: WayBack
    /// When, in milliseconds of the coarse clock.
    var since = cl_coarse_milliseconds()
  }

  /// Gets what the question in `scratch` needs, and answers it again; 0 with a need while it waits, and without one
  /// when nothing is sent.
  func resolve(
    _ tables: borrowing Tables, generation: UInt64, _ asked: Asked, in message: inout MutableSpan<UInt8>,
    from known: Asker?, scratch: inout Scratch, round: Int = 0
  ) -> Int {
    defer { scratch.answers.removeAll() }
    var fault: ForeignAnswer.Fault?
    if round > TransportLimits.foreignRounds { fault = .notAsked }
    if round == 0 {
      let row = scratch.need?.targets ?? 0
      let room = hasOneClient ? .max : recursion.room(of: Int(row))
      switch waiting.admit(scratch.query, asked, message: message, share: share, row: row, room: room) {
      case .welcome: break
      case .duplicate: return 0
      case .tooMany: fault = .tooManyWait
      }
    }
    var count = 0
    while let need = scratch.need, !scratch.answers.isFull {
      if ownRows.contains(need.targets) { fault = .ownAddress }
      if let fault {
        counts.refused &+= 1
        scratch.answers.add(fault, to: &scratch.name, need.type, of: need.targets)
      } else {
        counts.asked &+= 1
        var asksAlias = false
        var outcome = recursion.ask(&scratch.name, need.type, of: Int(need.targets))
        if case .answered(.failure) = outcome, need.type != .cname {
          asksAlias = true
          outcome = askAlias(of: &scratch.name, Int(need.targets))
        }
        switch outcome {
        case .answered(let reply):
          counts.fromCache &+= 1
          add(reply, to: need, asked.arrival, isAliasOnly: asksAlias, &scratch)
        case .waiting(let number):
          waiting.add(
            WaitingQuestion(
              query: scratch.query, wayBack: asked.wayBack, source: asked.arrival.source,
              destination: asked.arrival.destination, sourcePort: asked.port, listener: asked.listener,
              generation: generation, since: asked.since, need: need, asksAlias: asksAlias, rounds: round + 1),
            message, needing: &scratch.name, at: number)
          return 0
        case .notAsked:
          counts.refused &+= 1
          let isFull = recursion.room(of: Int(need.targets)) == 0
          scratch.answers.add(isFull ? .tooManyWait : .notAsked, to: &scratch.name, need.type, of: need.targets)
        }
      }
      count = answerAgain(
        tables, generation: generation, asked.arrival, in: &message, from: known, scratch: &scratch)
    }
    return count
  }

  /// Servers that cannot answer to the end may still know where a name leads: perhaps to one of ours, of which they
  /// need not know anything (R14).
  private func askAlias(of name: inout FoldedName, _ row: Int) -> Recursion.Outcome {
    let outcome = recursion.ask(&name, .cname, of: row)
    if case .answered(let reply) = outcome { return .answered(Self.alias(in: reply)) }
    return outcome
  }

  /// The failure stays one where there is no alias.
  private static func alias(in reply: Recursion.Reply) -> Recursion.Reply {
    if case .message(let octets, _) = reply, octets[6] != 0 || octets[7] != 0 { return reply }
    return .failure
  }

  /// Reads what other servers have sent, and gives what of it is for questions that waited; never waits.
  /// - Parameter isReady: The descriptor is readable.
  func turn(isReady: Bool) -> [(inquiry: Int, reply: Recursion.Reply)] {
    if isReady || recursion.due == 0 { recursion.turn() }
    return recursion.takeArrived()
  }

  /// Questions that have waited as long as a client does.
  func overdue(now: Int64) -> [Int] {
    waiting.count == 0 ? [] : waiting.numbers(before: now - TransportLimits.waitMilliseconds)
  }

  /// Answers a question that has waited, of which `message` gets the beginning; how the answer gets to who asked, and
  /// its length, which is 0 when there is none. `nil`: the question waits once more, or has been answered.
  /// - Parameter reply: `nil` when there is none in time. What comes later is for the cache.
  func resume(
    _ inquiry: Int, _ reply: Recursion.Reply?, _ doors: borrowing FixedBuffer<Door>, _ tables: borrowing Tables,
    generation: UInt64, trusted: borrowing TrustedSources, in message: inout MutableSpan<UInt8>,
    scratch: inout Scratch
  ) -> (asked: Asked, count: Int)? {
    defer { if case .some = reply { recursion.release(inquiry) } }
    guard var question = waiting.take(inquiry, into: &message, needing: &scratch.name) else { return nil }
    // Rows of servers are a snapshot's own.
    let row = recursion.row(of: inquiry, askedFor: Int(question.need.targets))
    var found = reply ?? .failure
    if question.asksAlias { found = Self.alias(in: found) }
    // Who has been silent so long says nothing of an alias either.
    let isEarly = cl_coarse_milliseconds() - question.since < TransportLimits.aliasMilliseconds
    if case .failure = found, isEarly, !question.asksAlias, question.need.type != .cname, let row {
      question.asksAlias = true
      switch askAlias(of: &scratch.name, row) {
      case .answered(let second): found = second
      case .notAsked: break
      case .waiting(let number):
        waiting.add(question, message, needing: &scratch.name, at: number)
        return nil
      }
    }
    let door = doors[Int(question.listener)]
    var isTCP = false
    if case .stream = question.wayBack { isTCP = true }
    let arrival = door.arrival(
      question.source, destination: question.destination, isTCP: isTCP, trusted: trusted, tables)
    let asked = Asked(
      arrival: arrival, port: question.sourcePort, listener: question.listener, wayBack: question.wayBack,
      since: question.since)
    guard !door.isShut else { return (asked, 0) }
    scratch.query = question.query
    if let row {
      var need = question.need
      need.targets = UInt32(row)
      add(found, to: need, arrival, isAliasOnly: question.asksAlias, &scratch)
    }
    var count = answerAgain(tables, generation: generation, arrival, in: &message, scratch: &scratch)
    if case .some = scratch.need {
      count = resolve(
        tables, generation: generation, asked, in: &message, from: nil, scratch: &scratch, round: question.rounds)
    } else {
      scratch.answers.removeAll()
    }
    if count == 0, case .some = scratch.need { return nil }
    return (asked, count)
  }

  private func add(
    _ reply: Recursion.Reply, to need: Need, _ arrival: Arrival, isAliasOnly: Bool, _ scratch: inout Scratch
  ) {
    switch reply {
    case .message(let octets, let security):
      if !arrival.isTCP, octets.count > TransportLimits.foreignDatagramOctets {
        scratch.answers.add(.tooLong, to: &scratch.name, need.type, of: need.targets)
      } else if security == .bogus, !scratch.query.checkingDisabled {
        counts.failed &+= 1
        scratch.answers.add(.bogus, to: &scratch.name, need.type, of: need.targets)
      } else {
        scratch.answers.add(
          message: octets.span, to: &scratch.name, need.type, of: need.targets, isSecure: security == .secure,
          isAliasOnly: isAliasOnly)
      }
    case .failure:
      counts.failed &+= 1
      scratch.answers.add(.noServer, to: &scratch.name, need.type, of: need.targets)
    }
  }
}
