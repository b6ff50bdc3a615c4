// How the program ends (world.md 3), in the numbers of sysexits.h.
import ArgumentParser
import Recursion
import Store
import Transport

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
    case .notAccessible: .noPermission
    case .other: .ourFault
    }
  }
}

extension ServerError {
  var exitCode: ExitCode {
    switch self {
    case .noListener, .tooManyListeners, .workersOutOfRange, .listenerTwice, .upstreamIsOwn: .wrongUsage
    case .recursion(.refused(_, _)): .badData
    case .portTaken, .addressNotAvailable: .notAvailable
    case .noPermission: .noPermission
    case .system, .recursion(.system(_, _)): .ourFault
    }
  }
}
