// What systemd wants to know of a service of `Type=notify-reload` (sd_notify(3), systemd.service(5)); nobody else sets
// NOTIFY_SOCKET, and then nothing is said.
import CLinux

struct ServiceManager: Sendable {
  private let socket: String?

  init() {
    socket = Terminal.environment("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
  }

  /// Every socket is open, and this world is in force.
  func ready(generation: UInt64) { notify("READY=1\nSTATUS=Serving generation \(generation)") }

  /// The world is read again; `ready` follows in any case.
  func reloading() { notify("RELOADING=1\nMONOTONIC_USEC=\(cl_monotonic_microseconds())") }

  func stopping() { notify("STOPPING=1") }

  /// A manager that does not listen is none of our troubles.
  private func notify(_ text: String) {
    guard let socket else { return }
    _ = unsafe cl_notify(socket, text, text.utf8.count)
  }
}
