// The file of `--cookie-secret`: the secret that cookies are made with, and below it one more that is taken, each in 32
// hexadecimal digits on a line of its own.
import ArgumentParser
import DNSWire
import Foundation
import WorldFile

struct CookieSecretFile {
  /// Why there is no secret in it; nothing of what it says is told.
  struct Failure: Error, CustomStringConvertible {
    var description: String
    var exitCode: ExitCode
  }

  let path: String

  func read() throws(Failure) -> CookieSource {
    let text: String
    do throws(PathError) {
      text = String(decoding: try WorldFile.contents(ofFile: path), as: UTF8.self)
    } catch {
      switch error {
      case .missing: throw fail("there is no such file", .noSuchFile)
      case .unreadable(let why): throw fail(why, .noPermission)
      }
    }
    var secrets: [CookieSecret] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let word = line.trimmingCharacters(in: .whitespacesAndNewlines)
      if word.isEmpty || word.hasPrefix("#") { continue }
      guard let secret = CookieSecret(word) else {
        throw fail("line \(index + 1) is not 32 hexadecimal digits", .badData)
      }
      secrets.append(secret)
    }
    guard let first = secrets.first, secrets.count <= 2 else {
      throw fail("it has \(secrets.count) secrets; one makes cookies, and one more may be taken", .badData)
    }
    return .given(CookieSecrets(first, other: secrets.dropFirst().first))
  }

  private func fail(_ reason: String, _ code: ExitCode) -> Failure {
    Failure(description: "--cookie-secret \(path): \(reason)", exitCode: code)
  }
}
