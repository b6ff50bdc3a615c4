// The world that is asked and changed: zones/three-tier, what Fuzz/World adds to it, and sets that fit no datagram or
// no message at all.
import Cloud
import DNSWire
import WorldFile

package enum Sample {
  package static let world: World = {
    let package = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    do throws(LoadFailure) {
      var world = try WorldFile.load([package + "/zones/three-tier", package + "/Fuzz/World"]).world
      do throws(Refusal) {
        try world.apply(.addHostedZone(bigZone()))
        _ = world.takeEffects()
      } catch {
        fatalError("\(error)")
      }
      return world
    } catch {
      fatalError("\(error.problems)")
    }
  }()

  /// `huge` goes over TCP only, `whole` goes nowhere.
  private static func bigZone() -> HostedZone {
    guard let name = try? Name("big.test"), let huge = try? Name("huge.big.test"),
      let whole = try? Name("whole.big.test")
    else { fatalError("no name") }
    func texts(_ count: UInt8) -> ResourceRecordSet.Content {
      .records((0..<count).map { number in [250, number] + [UInt8](repeating: UInt8(ascii: "x"), count: 249) })
    }
    var zone = HostedZone(id: ID("Z6"), name: name, isPrivate: false, vpcIDs: [])
    zone.recordSets = [
      ResourceRecordSet(name: huge, type: .txt, ttl: 60, content: texts(20)),
      ResourceRecordSet(name: whole, type: .txt, ttl: 60, content: texts(255)),
    ]
    return zone
  }
}
