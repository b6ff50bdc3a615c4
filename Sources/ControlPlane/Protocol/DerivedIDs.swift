// Ids and names that follow from what they name: of associations, rules and attachments, which are no resources of a
// world, and of accounts in endpoints.

/// The FNV-1a hash of the parts, 64 bits: the same in every run, and no two of a world alike.
func hash(_ parts: [String]) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for part in parts {
    for octet in part.utf8 { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01b3 }
    // No part's octet: "ab", "c" is not "a", "bc".
    hash = (hash ^ 0xff) &* 0x100_0000_01b3
  }
  return hash
}

/// A prefix and the hash of the parts.
func derivedID(_ prefix: String, _ parts: [String]) -> String {
  let digits = String(hash(parts), radix: 16)
  return "\(prefix)-0" + String(repeating: "0", count: 16 - digits.count) + digits
}
