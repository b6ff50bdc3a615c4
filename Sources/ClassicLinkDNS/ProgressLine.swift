// How far a load is, on a terminal and nowhere else: one line on standard error that is rewritten and then gone.
import CLinux
import Cloud
import Glibc
import WorldFile

final class ProgressLine {
  /// Milliseconds of silence: of what is done by then nobody wants to hear.
  private static let silence: Int64 = 500
  /// Milliseconds between two lines: a person reads no faster.
  private static let interval: Int64 = 100
  /// Carriage return, and the sequence that erases the line (ECMA-48 EL).
  private static let erase = "\r\u{1b}[K"

  private let start = cl_coarse_milliseconds()
  private var last: Int64 = 0
  private var isShown = false

  /// `nil` when nobody sees it.
  init?() {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
  }

  func show(_ progress: LoadProgress) {
    switch progress {
    case .reading(let file, let done, let whole):
      let name = file.split(separator: "/").last ?? ""
      show("Reading \(name) … \(whole > 0 ? done * 100 / whole : 100) %")
    case .checking(let items): show("Checking \(grouped(items)) \(items == 1 ? "item" : "items") …", isNew: true)
    }
  }

  func showCompiling(_ world: World) {
    let count = world.instances.count
    show("Compiling \(grouped(count)) \(count == 1 ? "instance" : "instances") …", isNew: true)
  }

  func showImporting(_ items: Int) { show("Writing \(grouped(items)) \(items == 1 ? "item" : "items") …") }

  func clear() {
    if isShown { write(Self.erase) }
    isShown = false
  }

  /// - Parameter isNew: Something else than before: it is not held back.
  private func show(_ text: String, isNew: Bool = false) {
    let now = cl_coarse_milliseconds()
    guard now - start >= Self.silence, isNew || now - last >= Self.interval else { return }
    last = now
    isShown = true
    write(Self.erase + text)
  }

  private func write(_ text: String) {
    let octets = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, octets, octets.count)
  }
}

/// `1,000,000`
private func grouped(_ number: Int) -> String {
  var text = ""
  for (place, digit) in String(number).reversed().enumerated() {
    if place > 0, place % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}
