// Who calls: the account and the Region, as far as a call without real credentials tells.
import Cloud

public struct Caller: Hashable, Sendable {
  /// Twelve digits.
  public var account: String
  public var region: Region
  /// The access key id, for the journal; empty for a call without a signature.
  public var accessKey: String

  public init(account: String, region: Region, accessKey: String = "") {
    self.account = account
    self.region = region
    self.accessKey = accessKey
  }
}
