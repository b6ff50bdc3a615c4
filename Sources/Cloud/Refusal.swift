// Why a change was refused: a closed set that the control plane translates into AWS error codes, and a file loader into a place.
import DNSWire

public struct Refusal: Error, Hashable, Sendable {
  /// The AWS member (`VpcId`, `Groups`) whose value is at fault, when one is.
  public var member: String?
  public var reason: Reason

  public init(_ reason: Reason, member: String? = nil) {
    self.reason = reason
    self.member = member
  }
}

extension Refusal {
  public enum Reason: Hashable, Sendable {
    /// A reference to something that is not in the world: its kind in AWS's word, its id.
    case notFound(kind: String, id: String)
  }
}
