// The lines of a text, whatever editor it comes from.

extension StringProtocol {
  /// Without what ends them: LF, or CR and LF, which are one character. Empty ones are lines as well.
  public var lines: [SubSequence] {
    split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }
}
