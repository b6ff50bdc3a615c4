// Texts that people choose, compared as they are written: to Swift two spellings of one Unicode text are equal, to the
// rows of a state and to DNS they are two.

/// Whether two texts are the same octets of UTF-8.
@usableFromInline
func areSameOctets(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

/// The order of the octets, which for ASCII is that of the texts.
@usableFromInline
func areOctetsLess(_ one: String, _ other: String) -> Bool { one.utf8.lexicographicallyPrecedes(other.utf8) }
