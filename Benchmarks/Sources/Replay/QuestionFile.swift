// The questions that the C programs ask (Tools/questions.h tells the format), for one process without sockets.
import DNSWire
import Glibc

/// All questions of a file in one array of octets.
struct QuestionFile {
  struct Question {
    var source: IPAddress
    /// Where the message lies in `octets`.
    var start: Int
    var count: Int
    var code: UInt8
    var answerCount: UInt8
    /// Octets after the message: RDATA of the last record of the answer, uncompressed.
    var dataCount: Int
  }

  struct Failure: Error {
    let description: String
  }

  private(set) var octets: [UInt8]
  private(set) var questions: [Question] = []

  init(path: String) throws(Failure) {
    octets = try Self.read(path)
    guard octets.count >= 12, Array(octets[0..<4]) == Array("CLQ1".utf8) else {
      throw Failure(description: "\(path): no file of questions")
    }
    let count = Int(number(at: 4, octets: 4))
    let sources = (0..<Int(number(at: 8, octets: 4))).map { IPv4Address(rawValue: number(at: 12 + 4 * $0, octets: 4)) }
    questions.reserveCapacity(count)
    var at = 12 + 4 * sources.count
    for _ in 0..<count {
      let source = sources[Int(number(at: at, octets: 2))]
      let question = Question(
        source: .v4(source), start: at + 8, count: Int(number(at: at + 2, octets: 2)), code: octets[at + 4],
        answerCount: octets[at + 5], dataCount: Int(number(at: at + 6, octets: 2)))
      questions.append(question)
      at = question.start + question.count + question.dataCount
    }
    guard at == octets.count else { throw Failure(description: "\(path): cut off") }
  }

  private func number(at place: Int, octets count: Int) -> UInt32 {
    (0..<count).reduce(0) { $0 | UInt32(octets[place + $1]) << (8 * UInt32($1)) }
  }

  private static func read(_ path: String) throws(Failure) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else {
      throw Failure(description: unsafe "\(path): \(String(cString: strerror(errno)))")
    }
    defer { _ = unsafe fclose(file) }
    guard unsafe fseek(file, 0, SEEK_END) == 0 else { throw Failure(description: "\(path): cannot be measured") }
    let size = unsafe ftell(file)
    unsafe rewind(file)
    var octets = [UInt8](repeating: 0, count: size)
    guard unsafe fread(&octets, 1, size, file) == size else { throw Failure(description: "\(path): cannot be read") }
    return octets
  }
}
