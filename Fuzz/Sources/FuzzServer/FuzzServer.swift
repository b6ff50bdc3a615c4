// libFuzzer with the readers that need parts of a server.
import Driver
import ServerReaders

@main
enum FuzzServer {
  static func main() { Driver.run(serverReaders) }
}
