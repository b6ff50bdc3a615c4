// What standard output can show: how wide a line may be, and whether colours help.
import ArgumentParser
import Glibc

enum Terminal {
  /// Narrower terminals than this get lines that are too long: not even one address would fit beside a name.
  private static let leastWidth = 20

  /// Characters a line may have: COLUMNS, or the terminal's own width; `nil` where nobody looks at a screen.
  static var width: Int? {
    if let text = environment("COLUMNS"), let columns = Int(text), columns > 0 { return max(columns, leastWidth) }
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return max(Int(size.ws_col), leastWidth)
  }

  static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

/// The values of `--color`.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument {
  case always, never, auto

  /// `auto`: on a terminal that knows colours, unless NO_COLOR has a value (no-color.org).
  var isOn: Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      isatty(STDOUT_FILENO) == 1 && (Terminal.environment("NO_COLOR") ?? "").isEmpty
        && Terminal.environment("TERM") != "dumb"
    }
  }
}
