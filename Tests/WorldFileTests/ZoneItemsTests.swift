// From the records of a master file to record sets.
import Cloud
import DNSWire
import Testing
import ZoneFile

@testable import WorldFile

@Suite struct ZoneItemsTests {
  private func octets(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }

  @Test func theRecordsOfOneNameAndTypeAreOneSetHoweverManyTheyAre() throws {
    let names = [try Name("a.example.com"), try Name("b.example.com")]
    // Copying all values for each would take minutes.
    let count = 200_000
    let records = (0..<count).map { index in
      ZoneRecord(
        record: Record(owner: names[index % 2], type: .a, ttl: index < 2 ? 600 : 60, data: octets(index)),
        line: index + 1, column: 1)
    }
    let report = Report()
    let sets = recordSets(of: records, file: 0, report: report)
    #expect(sets.map(\.set.name) == names && sets.map(\.spot.line) == [1, 2])
    for (place, placed) in sets.enumerated() {
      guard case .records(let values) = placed.set.content else { continue }
      #expect(values.count == count / 2)
      #expect(values.first == octets(place) && values.last == octets(count - 2 + place))
      #expect(placed.set.ttl == 60)
    }
  }
}
