// How the program ends (world.md 3), in the numbers of sysexits.h.
import ArgumentParser
import Glibc
import Recursion
import Store
import Transport
import WorldFile

extension ExitCode {
  static var wrongUsage: Self { Self(64) }
  static var badData: Self { Self(65) }
  static var noSuchFile: Self { Self(66) }
  static var notAvailable: Self { Self(69) }
  static var ourFault: Self { Self(70) }
  static var noPermission: Self { Self(77) }
}

extension StoreError {
  var exitCode: ExitCode {
    switch reason {
    case .missing: .noSuchFile
    case .notADatabase, .foreign, .newer, .damaged: .badData
    case .inUse, .diskFull, .inputOutput, .gone: .notAvailable
    case .notAccessible: isInNoFolder ? .noSuchFile : .noPermission
    case .other: .ourFault
    }
  }
}

extension StoreError {
  /// The folder that it would be in is missing.
  private var isInNoFolder: Bool {
    guard let slash = path.lastIndex(of: "/") else { return false }
    do throws(PathError) {
      // What is there, and is a folder, is refused with other words.
      _ = try WorldFile.contents(ofFile: String(path[...slash]))
      return false
    } catch {
      return error == .missing
    }
  }
}

extension ServerError {
  var exitCode: ExitCode {
    switch self {
    case .noListener, .tooManyListeners, .workersOutOfRange, .listenerTwice, .upstreamIsOwn: .wrongUsage
    // Of --root-hints and --trust-anchor.
    case .recursion(.refused(_, let reason)): reason == systemText(ENOENT) ? .noSuchFile : .badData
    case .portTaken, .addressNotAvailable: .notAvailable
    case .noPermission: .noPermission
    case .system, .recursion(.system(_, _)): .ourFault
    }
  }
}
