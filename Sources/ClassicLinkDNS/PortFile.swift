// The port file: where the server listens, for the scripts and tests that let it choose a port.
import Glibc
import Transport

struct PortFile {
  let path: String
  private var written: WholeFile.Identity?

  init(path: String) { self.path = path }

  /// `{"pid":…,"listeners":[{"address":…,"port":…,"network":…}],"api":"http://…"}`
  mutating func write(_ listeners: [(listener: Listener, network: String)], api: String?) throws(WholeFile.Failure) {
    let items = listeners.map {
      #"{"address":"\#($0.listener.address)","port":\#($0.listener.port),"network":"\#($0.network)"}"#
    }
    let calls = api.map { #","api":"\#($0)""# } ?? ""
    let text = #"{"pid":\#(getpid()),"listeners":[\#(items.joined(separator: ","))]\#(calls)}"# + "\n"
    // A wait for a reader could not be ended by a signal any more.
    written = try WholeFile.write(path, waitsForReader: false) { append throws(WholeFile.Failure) in
      try append(Array(text.utf8))
    }
  }

  /// What a server that was started meanwhile has written there stays.
  func remove() {
    if let written, WholeFile.Identity(of: path) == written { _ = unsafe unlink(path) }
  }
}
