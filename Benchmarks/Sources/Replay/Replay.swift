// Questions through `answer` in one process, without sockets: for exact counts under callgrind, and for the time that the
// resolver itself takes.
import CCallgrind
import DNSWire
import Glibc
import Resolution
import WorldFile

@main
enum Replay {
  static let usage = """
    Replay WORLD [--explain] [--count N] [--changes N] TITLE=QUESTIONS…
      Compiles the world, checks each answer, and asks each file of questions N times over (in whole or in part); a line
      of JSON for each file. Under callgrind --instr-atstart=no only the asking is counted, under the file's title. --changes
      makes N changes of each kind and times each until its answer is there.

    """

  static func main() {
    var arguments = CommandLine.arguments.dropFirst()
    guard let world = arguments.popFirst() else { stop(usage) }
    var explains = false
    var count = 10_000
    var changes = 0
    var files: [(title: String, path: String)] = []
    while let argument = arguments.popFirst() {
      let sides = argument.split(separator: "=", maxSplits: 1).map(String.init)
      switch argument {
      case "--explain": explains = true
      case "--count":
        guard let text = arguments.popFirst(), let number = Int(text), number > 0 else { stop(usage) }
        count = number
      case "--changes":
        guard let text = arguments.popFirst(), let number = Int(text), number > 0 else { stop(usage) }
        changes = number
      default:
        guard sides.count == 2 else { stop(usage) }
        files.append((sides[0], sides[1]))
      }
    }
    do {
      let start = nanoseconds()
      let loaded = try WorldFile.load([world])
      let read = nanoseconds()
      let snapshot = Compiler.compile(loaded.world, generation: 1, explains: explains)
      print(#"{"read_s":\#(seconds(start, read)),"compile_s":\#(seconds(read, nanoseconds()))}"#)
      for file in files { try measure(file.title, try QuestionFile(path: file.path), snapshot, count: count) }
      if changes > 0 { try Changes.measure(loaded.world, times: changes) }
    } catch let failure as QuestionFile.Failure {
      stop(failure.description + "\n")
    } catch {
      stop("\(error)\n")
    }
  }

  private static func measure(_ title: String, _ file: QuestionFile, _ snapshot: Snapshot, count: Int) throws {
    var scratch = Scratch()
    scratch.manners.cookieSecrets = CookieSource.random().secrets(at: 0)
    try check(file, snapshot, scratch: &scratch)
    var room = [UInt8](repeating: 0, count: Limits.largestUDPOctets)
    var out = room.mutableSpan
    // The way is warm before it is counted.
    _ = ask(file, snapshot.tables, count: min(count, 1000), scratch: &scratch, into: &out)
    var octets = 0
    let start = nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
    unsafe title.withCString { title in
      // Nothing is allocated between these two but by `answer`.
      callgrind_start()
      octets = ask(file, snapshot.tables, count: count, scratch: &scratch, into: &out)
      unsafe callgrind_stop(title)
    }
    let end = nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
    let each = Double(end - start) / Double(count)
    print(
      #"{"title":"\#(title)","count":\#(count),"nanoseconds":\#(each),"#
        + #""answer_octets":\#(Double(octets) / Double(count))}"#)
  }

  /// What is counted: the arrival, the answer, and a loop around them. Returns the octets of all answers.
  @inline(never)
  private static func ask(
    _ file: borrowing QuestionFile, _ tables: borrowing Tables, count: Int, scratch: inout Scratch,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    var octets = 0
    let all = file.octets.span
    let questions = file.questions.span
    var next = 0
    for _ in 0..<count {
      octets += answer(questions[next], all, tables, scratch: &scratch, into: &out)
      next += 1
      if next == questions.count { next = 0 }
    }
    return octets
  }

  @inline(__always)
  private static func answer(
    _ question: QuestionFile.Question, _ all: Span<UInt8>, _ tables: borrowing Tables, scratch: inout Scratch,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    let arrival = Arrival(
      source: question.source, destination: .v4(IPv4Address(127, 0, 0, 1)), port: 5300, network: .any, isTCP: false,
      trustsClientSubnet: false)
    // As the kernel leaves it: the question stands where its answer will. Twenty instructions of those that are counted.
    _ = unsafe all.withUnsafeBufferPointer { all in
      unsafe out.withUnsafeMutableBufferPointer { out in
        unsafe memcpy(out.baseAddress!, all.baseAddress! + question.start, question.count)
      }
    }
    return Resolution.answer(
      tables, generation: 1, arrival, messageOf: question.count, in: &out, scratch: &scratch)
  }

  /// Each question once: the code, the number of records, and the last octets of the answer where they must be an address.
  private static func check(_ file: QuestionFile, _ snapshot: Snapshot, scratch: inout Scratch) throws {
    var room = [UInt8](repeating: 0, count: Limits.largestUDPOctets)
    for question in file.questions {
      let count: Int
      do {
        var out = room.mutableSpan
        count = answer(question, file.octets.span, snapshot.tables, scratch: &scratch, into: &out)
      }
      let expected = file.octets[question.start + question.count..<question.start + question.count + question.dataCount]
      guard count >= 12, room[3] & 15 == question.code, room[7] == question.answerCount,
        question.dataCount != 4 || room[11] != 0 || room[count - 4..<count].elementsEqual(expected)
      else {
        throw QuestionFile.Failure(
          description: "wrong answer (code \(room[3] & 15), \(room[7]) records) to the question at octet "
            + "\(question.start): code \(question.code), \(question.answerCount) records, \(Array(expected)) were expected"
        )
      }
    }
  }

  static func nanoseconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func seconds(_ start: UInt64, _ end: UInt64) -> Double { Double(end - start) / 1e9 }

  private static func stop(_ message: String) -> Never {
    let octets = Array(message.utf8)
    _ = unsafe write(STDERR_FILENO, octets, octets.count)
    exit(64)
  }
}
