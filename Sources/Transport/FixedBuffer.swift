// Memory that is allocated once, before the first packet, and bounds-checked at each use.

/// A fixed number of elements at a stable address.
@safe struct FixedBuffer<Element>: ~Copyable {
  let start: UnsafeMutablePointer<Element>
  let count: Int

  init(repeating element: Element, count: Int) {
    unsafe start = .allocate(capacity: count)
    unsafe start.initialize(repeating: element, count: count)
    self.count = count
  }

  init(_ elements: [Element]) {
    unsafe start = .allocate(capacity: elements.count)
    for (index, element) in elements.enumerated() { unsafe (start + index).initialize(to: element) }
    count = elements.count
  }

  deinit {
    unsafe start.deinitialize(count: count)
    unsafe start.deallocate()
  }

  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(index >= 0 && index < count)
      return unsafe UnsafePointer(start + index)
    }
    nonmutating unsafeMutableAddress {
      precondition(index >= 0 && index < count)
      return unsafe start + index
    }
  }
}
