// The Extended DNS Error of an answer (RFC 8914): what went wrong, or with `serve --explain` why it is as it is.
import DNSWire

/// Adds the option when it fits: the text is a courtesy, and never makes an answer longer than the client takes.
@_noLocks
func putExtendedError(
  _ tables: borrowing Tables, _ scratch: inout Scratch, into out: inout MutableSpan<UInt8>
) {
  if let code = scratch.errorCode {
    let text = tables.phrases[scratch.errorText.index]
    let size = tables.textSize(text)
    guard scratch.writer.room >= 6 + size else { return }
    scratch.writer.beginExtendedError(code, textSize: size, into: &out)
    scratch.writer.put(text: text, tables.identifiers, into: &out)
    return
  }
  guard tables.explains, scratch.hopCount > 0 else { return }
  // The last hop decides what the asker gets, so a long chain loses its beginning.
  var first = scratch.hopCount
  var size = 0
  while first > 0 {
    let reason = tables.reason(scratch.asker, scratch.hops[first - 1])
    let longer = size + (size > 0 ? 2 : 0) + tables.size(of: reason)
    if longer > Limits.errorTextOctets || scratch.writer.room < 6 + longer { break }
    size = longer
    first -= 1
  }
  guard size > 0 else { return }
  scratch.writer.beginExtendedError(.other, textSize: size, into: &out)
  var hop = first
  while hop < scratch.hopCount {
    if hop > first {
      scratch.writer.put8(UInt8(ascii: ";"), into: &out)
      scratch.writer.put8(UInt8(ascii: " "), into: &out)
    }
    scratch.writer.put(tables.reason(scratch.asker, scratch.hops[hop]), tables, into: &out)
    hop += 1
  }
}

extension ResponseWriter {
  @_noLocks
  fileprivate mutating func beginExtendedError(
    _ code: ExtendedErrorCode, textSize: Int, into out: inout MutableSpan<UInt8>
  ) {
    put16(OptionCode.extendedError, into: &out)
    put16(UInt16(truncatingIfNeeded: 2 + textSize), into: &out)
    put16(code.rawValue, into: &out)
  }

  @_noLocks
  fileprivate mutating func put(_ reason: Reason, _ tables: borrowing Tables, into out: inout MutableSpan<UInt8>) {
    put(text: tables.citations[reason.citation.index], tables.identifiers, into: &out)
    put8(UInt8(ascii: " "), into: &out)
    if reason.subject != none {
      put(text: reason.subject, tables.identifiers, into: &out)
      put8(UInt8(ascii: " "), into: &out)
    }
    put(text: tables.phrases[reason.words.index], tables.identifiers, into: &out)
  }

  /// A text that stands in `store` after its length.
  @_noLocks
  mutating func put(text: UInt32, _ store: borrowing OctetStore, into out: inout MutableSpan<UInt8>) {
    let start = Int(text)
    putOctets(store, start + 1, start + 1 + Int(store[start]), into: &out)
  }
}

extension Tables {
  @_noLocks
  fileprivate borrowing func textSize(_ text: UInt32) -> Int { Int(identifiers[Int(text)]) }

  @_noLocks
  fileprivate borrowing func size(of reason: Reason) -> Int {
    textSize(citations[reason.citation.index]) + 1 + (reason.subject == none ? 0 : textSize(reason.subject) + 1)
      + textSize(phrases[reason.words.index])
  }
}
