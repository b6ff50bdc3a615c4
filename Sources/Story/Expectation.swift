// What a story expects of an answer, what an answer was, and whether they are the same.
import DNSWire

/// An answer as a story tells it.
public enum Reply: Hashable, Sendable {
  /// The targets of CNAME records in order, and the values at the end: none when the chain leads to where nobody here
  /// knows the way.
  case found(chain: [Name], values: Set<Value>)
  case noSuchName
  case noData
  case refused
  case serverFailure
  case silence
  /// A response code that no story speaks of.
  case other(ResponseCode)

  /// An address, or the name in a PTR record.
  public enum Value: Hashable, Sendable {
    case address(IPAddress)
    case name(Name)
  }
}

/// The words after `expect`.
public enum Expectation: Hashable, Sendable {
  case reply(Reply)
  /// Names that lead to the values, none when only the values matter.
  case found(chain: [Name], values: Set<Reply.Value>)

  /// - Parameter question: The first name of a chain may be the one that was asked for.
  public func isMet(by reply: Reply, to question: Question) -> Bool {
    switch (self, reply) {
    case (.reply(let expected), _): return expected == reply
    case (.found(let chain, let values), .found(let actual, let found)):
      // A chain that leads away ends in its last name.
      let ends = found.isEmpty ? Set(actual.last.map { [.name($0)] } ?? []) : found
      let steps = found.isEmpty ? Array(actual.dropLast()) : actual
      return ends == values && (chain.isEmpty || chain == steps || chain == [question.name] + steps)
    case (.found, _): return false
    }
  }
}

extension Reply {
  /// - Parameter response: `nil` when none came.
  public init(_ response: Response?, type: RecordType) {
    guard let response else {
      self = .silence
      return
    }
    self.init(code: response.code, answer: response.answer, type: type)
  }

  public init(code: ResponseCode?, answer: [Record], type: RecordType) {
    switch code {
    case nil: self = .silence
    case .noError?:
      let chain = type == .cname ? [] : answer.filter { $0.type == .cname }.compactMap { Name(wire: $0.data) }
      let values = answer.filter { $0.type == type }.compactMap { Value($0) }
      self = chain.isEmpty && values.isEmpty ? .noData : .found(chain: chain, values: Set(values))
    case .nxDomain?: self = .noSuchName
    case .refused?: self = .refused
    case .servFail?: self = .serverFailure
    case let code?: self = .other(code)
    }
  }
}

extension Reply.Value {
  /// `nil` for a record of a type that stories do not ask for.
  init?(_ record: Record) {
    let data = record.data
    switch record.type {
    case .a where data.count == 4: self = .address(.v4(IPv4Address(data[0], data[1], data[2], data[3])))
    case .aaaa where data.count == 16:
      self = .address(.v6(IPv6Address(rawValue: data.reduce(0) { $0 << 8 | UInt128($1) })))
    case .cname, .ptr:
      guard let name = Name(wire: data) else { return nil }
      self = .name(name)
    default: return nil
    }
  }
}

// MARK: Words

extension Reply {
  static let words: [(String, Reply)] = [
    ("NXDOMAIN", .noSuchName), ("NODATA", .noData), ("REFUSED", .refused), ("SERVFAIL", .serverFailure),
    ("silence", .silence),
  ]
}

extension Reply: CustomStringConvertible {
  public var description: String {
    switch self {
    case .found(let chain, let values): Expectation.text(chain, values)
    case .other(let code): code.description
    default: Self.words.first { $0.1 == self }?.0 ?? ""
    }
  }
}

extension Reply.Value: CustomStringConvertible {
  public var description: String {
    switch self {
    case .address(let address): address.description
    case .name(let name): name.description
    }
  }
}

extension Expectation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .reply(let reply): reply.description
    case .found(let chain, let values): Self.text(chain, values)
    }
  }

  static func text(_ chain: [Name], _ values: Set<Reply.Value>) -> String {
    let ends = values.map(\.description).sorted().joined(separator: " ")
    return (chain.map(\.description) + (ends.isEmpty ? [] : [ends])).joined(separator: " → ")
  }
}
