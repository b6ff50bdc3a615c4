// The name that is looked up: its labels, its hash, and names put in the place of its end.
import DNSWire
import Testing

@Suite("Folded names")
struct FoldedNameTests {
  /// The name from a label on, as tables keep it, after some other words.
  private static func words(_ name: inout FoldedName, fromLabel label: Int = 0, after before: [UInt64]) -> WordStore {
    WordStore(before + (0..<name.wordCount(fromLabel: label)).map { name.word($0, fromLabel: label) } + [0])
  }

  @Test("Read from a packet and loaded from a store it is the same name, in lower case, with its labels")
  func readAndLoad() {
    var random = SplitMix(seed: 4)
    var read = FoldedName()
    var loaded = FoldedName()
    for _ in 0..<1000 {
      let name = Name.random(using: &random)
      var packet = [9, 9, 9] + name.wire + [7]
      let message = packet.mutableSpan
      let store = OctetStore([5] + name.wire)
      let end = read.read(message, count: message.count, at: 3)
      loaded.load(store, at: 1)
      #expect(end == 3 + name.wire.count)
      #expect(wire(&read) == name.lowercased.wire && wire(&loaded) == name.lowercased.wire)
      #expect(read.labelCount == name.labelCount && loaded.labelCount == name.labelCount)
      #expect(read.start(ofLabel: read.labelCount) == read.length - 1)
      var rest: Name? = name
      for label in 0...name.labelCount {
        guard let suffix = rest else { break }
        let start = read.start(ofLabel: label)
        #expect(start == name.wire.count - suffix.wire.count)
        let lower = Self.words(&loaded, fromLabel: label, after: [1, 2])
        let isSame =
          read.equals(lower, at: 2, fromLabel: label)
          && loaded.hash(fromLabel: label) == read.hash(fromLabel: label)
        #expect(isSame)
        rest = suffix.parent
      }
    }
  }

  @Test("The hash of an end is the hash of that name alone, in whatever case; other names have others")
  func hashes() {
    var random = SplitMix(seed: 5)
    var whole = FoldedName()
    var part = FoldedName()
    var seen: [UInt64: [UInt8]] = [:]
    for _ in 0..<1000 {
      let name = Name.random(using: &random)
      whole.load(OctetStore(name.wire), at: 0)
      var rest: Name? = name
      for label in 0...name.labelCount {
        guard let suffix = rest else { break }
        part.load(OctetStore(suffix.randomCase(using: &random).wire), at: 0)
        let hash = part.hash(fromLabel: 0)
        #expect(whole.hash(fromLabel: label) == hash)
        let folded = suffix.lowercased.wire
        #expect(seen.updateValue(folded, forKey: hash) ?? folded == folded)
        rest = suffix.parent
      }
    }
  }

  @Test("Equal means equal to the octet, and no end of the store is run over")
  func equality() throws {
    var folded = FoldedName()
    folded.load(OctetStore(try Name("b.c").wire), at: 0)
    for (text, isEqual) in [("b.c", true), ("B.C", true), ("b.d", false), ("b", false), ("b.c.d", false), (".", false)]
    {
      var other = FoldedName()
      other.load(OctetStore(try Name(text).wire), at: 0)
      let store = Self.words(&other, after: [])
      let found = folded.equals(store, at: 0, fromLabel: 0)
      #expect(found == isEqual, "\(text)")
    }
  }

  @Test("What is no uncompressed name is not read, and leaves the root")
  func refusals() {
    for packet in [
      [], [1], [1, 0x61], [0xc0, 0], [1, 0x61, 0xc0, 0], [64] + [UInt8](repeating: 0x61, count: 64) + [0], [0x80, 0],
      [UInt8](repeating: 1, count: 256), [63],
    ] as [[UInt8]] {
      var name = FoldedName()
      var octets = packet
      let end = name.read(octets.mutableSpan, count: packet.count, at: 0)
      #expect(end == nil && name.length == 1 && name.labelCount == 0, "\(packet)")
    }
  }

  @Test("An end is replaced where the whole fits, and nothing changes where it does not (RFC 6672 2.2)")
  func replacement() throws {
    var random = SplitMix(seed: 6)
    var folded = FoldedName()
    var tooLong = 0
    for _ in 0..<2000 {
      let name = Name.random(using: &random)
      let target = Name.random(using: &random)
      let label = Int.random(in: 0...name.labelCount, using: &random)
      folded.load(OctetStore(name.wire), at: 0)
      let isReplaced = folded.replaceSuffix(fromLabel: label, with: OctetStore([3] + target.wire), at: 1)
      let prefix = try #require(Name(labels: name.labels.prefix(label)))
      if let expected = target.prepending(prefix) {
        #expect(isReplaced && wire(&folded) == expected.lowercased.wire)
        #expect(folded.labelCount == expected.labelCount)
        #expect(folded.start(ofLabel: folded.labelCount) == folded.length - 1)
      } else {
        tooLong += 1
        #expect(!isReplaced && wire(&folded) == name.lowercased.wire && folded.labelCount == name.labelCount)
      }
    }
    #expect(tooLong > 100)
  }
}

/// A name in wire form, octet by octet.
func wire(_ name: inout FoldedName) -> [UInt8] {
  var result: [UInt8] = []
  for label in 0..<name.labelCount {
    result.append(UInt8(name.labelLength(label)))
    for index in 0..<name.labelLength(label) { result.append(name.octet(index, ofLabel: label)) }
  }
  return result + [0]
}
