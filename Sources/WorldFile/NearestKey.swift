// The key, or the id, that somebody probably meant.

/// The candidate with the smallest edit distance to `word`, letter case counting half; `nil` when none is near.
/// Of several equally near ones the first in order.
public func nearestKey(to word: String, among candidates: some Sequence<String>) -> String? {
  var best: (key: String, distance: Int)?
  let octets = Array(word.utf8)
  for candidate in candidates {
    let distance = editDistance(octets, Array(candidate.utf8))
    guard let known = best else {
      best = (candidate, distance)
      continue
    }
    if (distance, candidate) < (known.distance, known.key) { best = (candidate, distance) }
  }
  // Twice the number of edits: more than about a third of the word is another word.
  guard let best, best.distance <= 2 * max(2, word.utf8.count / 3) else { return nil }
  return best.key
}

/// Longest word worth comparing: a key has at most 30 octets, and the work grows with the product.
private let longestWord = 100

private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  guard one.count <= longestWord, other.count <= longestWord else { return .max }
  var row = (0...other.count).map { 2 * $0 }
  for (index, octet) in one.enumerated() {
    var diagonal = row[0]
    row[0] = 2 * (index + 1)
    for (position, letter) in other.enumerated() {
      let change = octet == letter ? 0 : octet | 0x20 == letter | 0x20 ? 1 : 2
      let next = min(diagonal + change, row[position] + 2, row[position + 1] + 2)
      diagonal = row[position + 1]
      row[position + 1] = next
    }
  }
  return row[other.count]
}
