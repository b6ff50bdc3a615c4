// The port file: where the server listens, for the scripts and tests that let it choose a port.
import Glibc
import Transport

struct PortFile {
  let path: String

  enum Failure: Error {
    case system(call: String, errno: CInt)
  }

  /// `{"pid":…,"listeners":[{"address":…,"port":…,"network":…}],"api":"http://…"}`, written whole or not at all:
  /// readers that wait for the file never see a part of it.
  func write(_ listeners: [(listener: Listener, network: String)], api: String?) throws(Failure) {
    let items = listeners.map {
      #"{"address":"\#($0.listener.address)","port":\#($0.listener.port),"network":"\#($0.network)"}"#
    }
    let calls = api.map { #","api":"\#($0)""# } ?? ""
    let text = #"{"pid":\#(getpid()),"listeners":[\#(items.joined(separator: ","))]\#(calls)}"# + "\n"
    let draft = "\(path).\(getpid()).new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(call: "open \(draft)", errno: errno) }
    let octets = Array(text.utf8)
    let written = unsafe Glibc.write(descriptor, octets, octets.count)
    let number = errno
    let closed = close(descriptor)
    guard written == octets.count, closed == 0 else {
      _ = unsafe unlink(draft)
      throw .system(call: "write \(draft)", errno: written < 0 ? number : ENOSPC)
    }
    guard unsafe rename(draft, path) == 0 else {
      let number = errno
      _ = unsafe unlink(draft)
      throw .system(call: "rename \(path)", errno: number)
    }
  }

  func remove() { _ = unsafe unlink(path) }
}

extension PortFile.Failure {
  var isPermission: Bool {
    switch self {
    case .system(_, let number): number == EACCES || number == EPERM || number == EROFS
    }
  }
}

extension PortFile.Failure: CustomStringConvertible {
  var description: String {
    switch self {
    case .system(let call, let number): "\(call): \(systemText(number))"
    }
  }
}
