// The file of `--api-token`: an argument of a command line everybody on the machine could read.
import ControlPlane

extension APIToken {
  init(file path: String) throws(SecretFile.Failure) {
    let file = SecretFile(option: "--api-token", path: path)
    let octets = try file.octets()
    do throws(Problem) {
      try self.init(octets)
    } catch {
      throw file.failure("\(error)")
    }
  }
}
