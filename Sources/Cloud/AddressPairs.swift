// The addresses of an instance. Almost every one has a single pair, which stands in the value itself: an array would be
// a piece of memory of its own for each of a million instances.

/// Address pairs, the primary one first.
public struct AddressPairs: Hashable, Sendable, RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
  // What the other modules call is inlined there, so that a loop over one pair is no call of a protocol.
  @usableFromInline var primary: AddressPair?
  /// Empty where there is no primary one.
  @usableFromInline var others: [AddressPair]

  public init(_ pairs: some Sequence<AddressPair>) {
    var all = pairs.makeIterator()
    primary = all.next()
    others = []
    while let pair = all.next() { others.append(pair) }
  }

  @inlinable public init(_ pair: AddressPair) {
    primary = pair
    others = []
  }

  public init(arrayLiteral pairs: AddressPair...) { self.init(pairs) }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { primary == nil ? 0 : others.count + 1 }

  @inlinable public subscript(index: Int) -> AddressPair {
    get {
      guard index == 0, let primary else { return others[index - 1] }
      return primary
    }
    set {
      if index == 0, primary != nil { primary = newValue } else { others[index - 1] = newValue }
    }
  }
}

extension AddressPairs: RangeReplaceableCollection {
  public init() { self.init([AddressPair]()) }

  public mutating func replaceSubrange(_ range: Range<Int>, with pairs: some Collection<AddressPair>) {
    var all = Array(self)
    all.replaceSubrange(range, with: pairs)
    self = Self(all)
  }
}
