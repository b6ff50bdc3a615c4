// What `exec --api` and the server say to each other: a page tells the client where it is and where sessions begin;
// then sockets go through the socket that it names, with a request.

/// The page `/session`.
struct SessionOffer: Codable, Sendable {
  var placement: Placement
  /// The addresses of the names that were asked for, as the machine sees them.
  var names: [String: [String]]
  /// A Unix socket of the abstract kind.
  var socket: String

  /// The page when there is nothing to offer.
  struct Refusal: Codable { var error: String }
}

/// What comes with the sockets.
struct SessionRequest: Codable {
  /// As in `Placement`.
  var network: String
  /// Who asks whatever comes through the sockets.
  var asker: String

  /// The server's word that it answers from now on; anything else is its refusal.
  static let agreed = "ok"
}
