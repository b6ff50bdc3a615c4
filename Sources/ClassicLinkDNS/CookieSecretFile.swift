// The file of `--cookie-secret`: the secret that cookies are made with, and below it one more that is taken, each in 32
// hexadecimal digits on a line of its own.
import DNSWire
import Foundation
import WorldFile

struct CookieSecretFile {
  let path: String

  func read() throws(SecretFile.Failure) -> CookieSource {
    let file = SecretFile(option: "--cookie-secret", path: path)
    let text = String(decoding: try file.octets(), as: UTF8.self)
    var secrets: [CookieSecret] = []
    for (index, line) in text.lines.enumerated() {
      let word = line.trimmingCharacters(in: .whitespacesAndNewlines)
      if word.isEmpty || word.hasPrefix("#") { continue }
      guard let secret = CookieSecret(word) else {
        throw file.failure("line \(index + 1) is not 32 hexadecimal digits")
      }
      secrets.append(secret)
    }
    guard let first = secrets.first, secrets.count <= 2 else {
      throw file.failure("it has \(secrets.count) secrets; one makes cookies, and one more may be taken")
    }
    return .given(CookieSecrets(first, other: secrets.dropFirst().first))
  }
}
