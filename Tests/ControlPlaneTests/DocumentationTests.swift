// docs/aws-calls.md says which calls there are: every one, and no other.
import Foundation
import Testing

@testable import ControlPlane

@Suite("The document of the calls")
struct DocumentationTests {
  private static let document = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/aws-calls.md")

  private static var actions: Set<String> {
    QueryService.all.reduce(into: Set(RESTService.route53.operations.keys).union(JSONService.resolver.operations.keys))
    {
      $0.formUnion($1.operations.keys)
    }
  }

  @Test("It names every call, and no other")
  func isComplete() throws {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    let named = Set(
      text.components(separatedBy: "\n").filter { $0.hasPrefix("`") }
        .flatMap { $0.split(separator: " ").map { $0.filter { $0 != "`" } } })
    #expect(Self.actions.subtracting(named).sorted() == [])
    #expect(named.subtracting(Self.actions).sorted() == [])
  }
}
