// Every number that bounds a call, with its reason.

enum CallLimits {
  /// Octets of a request's body. A thousand record sets (Route 53's most in a batch) of 32,000 characters fit.
  static let bodyOctets = 2 << 20
  /// Parameters of one request: 1,000 ids and their filters, several times over.
  static let parameters = 20_000
  /// Parts of one parameter's name, such as the five of `NetworkInterface.1.PrivateIpAddresses.1.Primary`.
  static let parameterDepth = 12
  /// Octets of the whole name. The longest of a call here has 84: a coordinate of a record set in a batch of changes.
  static let parameterNameOctets = 256
  /// Elements in each other in a request in XML, such as the seven of a record's value in a batch of changes.
  static let xmlDepth = 12
  /// Values of all filters of a call (AWS: FilterLimitExceeded at 200), octets of one, which is a name, an id or an
  /// ARN, and of all with a `*` or `?`: each is held against each resource.
  static let filterValues = 200
  static let filterValueOctets = 2048
  static let filterPatternOctets = 16_384
  /// Ids or names of a call: AWS describes 1,000 at once.
  static let ids = 1000
  /// Octets of a Region's name; AWS's longest has 14.
  static let regionOctets = 32
  /// Octets of a value that is kept as it stands, such as a name or an ARN; a few have a limit of their own.
  static let keptOctets = 1024
  /// Of user data: AWS takes 16 KB, which have so many characters in base64.
  static let userDataOctets = 21_848
  /// Of what makes a call idempotent.
  static let clientTokenOctets = 64
  /// Items of a page unless the caller asks for fewer.
  static let pageItems = 1000
  /// Tags of a resource (AWS: TagLimitExceeded).
  static let tags = 50
  /// Connections at once: a test with many callers has some hundred.
  static let connections = 1024
  /// Of these, the ones of one address, where a token is asked for.
  static let connectionsPerAddress = 256
  /// Seconds that a connection may be without a request, or with a reply that nobody takes.
  static let idleSeconds: Int64 = 30
  /// Seconds that a request may take to come in once its head is here, and that its connection then has to say so.
  static let requestSeconds: Int64 = 30
  static let lastWordSeconds: Int64 = 2
  /// Octets of a reply for which its reader gets a second more.
  static let leastOctetsASecond: Int64 = 32_768
  /// Seconds that calls may take to end once the server is told to stop.
  static let stopSeconds = 3
  /// Calls that wait for the Steward: more are told to come again (`RequestLimitExceeded`).
  static let waitingCalls = 4096
  /// Calls that share one commit. Larger groups make the first wait for the last.
  static let callsACommit = 512
}
