// libFuzzer with the readers that are quick.
import Driver
import Readers

@main
enum Fuzz {
  static func main() { Driver.run(readers) }
}
