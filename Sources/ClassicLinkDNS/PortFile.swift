// The port file: where the server listens, for the scripts and tests that let it choose a port.
import Glibc
import Transport

struct PortFile {
  let path: String

  /// `{"pid":…,"listeners":[{"address":…,"port":…,"network":…}],"api":"http://…"}`
  func write(_ listeners: [(listener: Listener, network: String)], api: String?) throws(WholeFile.Failure) {
    let items = listeners.map {
      #"{"address":"\#($0.listener.address)","port":\#($0.listener.port),"network":"\#($0.network)"}"#
    }
    let calls = api.map { #","api":"\#($0)""# } ?? ""
    let text = #"{"pid":\#(getpid()),"listeners":[\#(items.joined(separator: ","))]\#(calls)}"# + "\n"
    try WholeFile.write(path) { append throws(WholeFile.Failure) in try append(Array(text.utf8)) }
  }

  func remove() {
    if WholeFile.isReplaceable(path) { _ = unsafe unlink(path) }
  }
}
