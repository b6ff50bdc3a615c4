// Holders of addresses by number: an entry of an address names them in four octets.

/// A number stands for a holder as long as an entry names it, and for another one afterwards.
struct NumberedHolders {
  private var holders: [AddressHolder] = []
  /// Entries that name each number.
  private var uses: [UInt32] = []
  private var free: [UInt32] = []
  /// The one that was taken last: the private and the public address of one holder are recorded together.
  private var last: UInt32 = 0

  mutating func reserveCapacity(_ count: Int) {
    holders.reserveCapacity(count)
    uses.reserveCapacity(count)
  }

  /// - Parameter number: From 1 on.
  subscript(number: UInt32) -> AddressHolder { holders[Int(number) - 1] }

  /// The number of a holder, for one more entry.
  mutating func take(_ holder: AddressHolder) -> UInt32 {
    if last > 0, uses[Int(last) - 1] > 0, self[last] == holder {
      uses[Int(last) - 1] += 1
    } else if let number = free.popLast() {
      holders[Int(number) - 1] = holder
      uses[Int(number) - 1] = 1
      last = number
    } else {
      holders.append(holder)
      uses.append(1)
      last = UInt32(holders.count)
    }
    return last
  }

  /// An entry names the number no more; 0 is nobody's.
  mutating func give(back number: UInt32) {
    guard number > 0 else { return }
    uses[Int(number) - 1] -= 1
    if uses[Int(number) - 1] == 0 { free.append(number) }
  }
}
