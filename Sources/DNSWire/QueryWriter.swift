// Writing a query: for explanations and for clients, never on the path of a packet.

extension Query {
  /// A query with RD set, and with an OPT record that takes any answer.
  public static func message(
    id: UInt16 = 0, name: Name, type: RecordType, recordClass: RecordClass = .in
  ) -> [UInt8] {
    let header: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xff), 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    let question =
      name.wire + [UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xff)] + [
        UInt8(recordClass.rawValue >> 8), UInt8(recordClass.rawValue & 0xff),
      ]
    let size = UInt16(clamping: Limits.largestUDPOctets)
    return header + question + [0, 0, 41, UInt8(size >> 8), UInt8(size & 0xff), 0, 0, 0, 0, 0, 0]
  }
}
