// Every number that bounds a call, with its reason.

enum CallLimits {
  /// Octets of a request's body. A thousand record sets (Route 53's most in a batch) of 32,000 characters fit.
  static let bodyOctets = 2 << 20
  /// Parameters of one form: 1,000 ids and their filters, several times over.
  static let parameters = 20_000
  /// Parts of one parameter's name, such as the five of `NetworkInterface.1.PrivateIpAddresses.1.Primary`.
  static let parameterDepth = 12
  /// Elements in each other in a request in XML, such as the seven of a record's value in a batch of changes.
  static let xmlDepth = 12
  /// Values of a filter, and filters of a call (AWS: FilterLimitExceeded at 200).
  static let filterValues = 200
  /// Items of a page unless the caller asks for fewer.
  static let pageItems = 1000
  /// Tags of a resource (AWS: TagLimitExceeded).
  static let tags = 50
  /// Calls that wait for the Steward: more are told to come again (`RequestLimitExceeded`).
  static let waitingCalls = 4096
  /// Calls that share one commit. Larger groups make the first wait for the last.
  static let callsACommit = 512
}
