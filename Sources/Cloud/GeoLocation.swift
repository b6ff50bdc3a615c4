// The places that geolocation sets tell apart (R53API GeoLocation).

public enum GeoLocation: Hashable, Sendable {
  /// Such as `EU`.
  case continent(String)
  /// Such as `FR`; `*` is every place that no other set has.
  case country(String)
  /// A state of the United States, such as `CA`.
  case state(String)

  private static let continents: Set<String> = ["AF", "AN", "AS", "EU", "NA", "OC", "SA"]
  /// The only country of which Route 53 knows parts.
  private static let countryWithStates = "US"

  /// `nil` for codes that AWS has not, or not together.
  public init?(continent: String?, country: String?, subdivision: String?) {
    switch (continent, country, subdivision) {
    case (let code?, nil, nil) where Self.continents.contains(code): self = .continent(code)
    case (nil, let code?, nil) where code == "*" || Self.isCode(code): self = .country(code)
    case (nil, Self.countryWithStates?, let code?) where Self.isCode(code): self = .state(code)
    default: return nil
    }
  }

  /// Two capital letters (ISO 3166-1).
  private static func isCode(_ text: String) -> Bool {
    text.utf8.count == 2 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  /// The members of AWS's `GeoLocation`, by their names.
  public var members: [String: String] {
    switch self {
    case .continent(let code): ["ContinentCode": code]
    case .country(let code): ["CountryCode": code]
    case .state(let code): ["CountryCode": Self.countryWithStates, "SubdivisionCode": code]
    }
  }

  /// What is wrong with codes that are none.
  public static let expected =
    "a ContinentCode, a CountryCode (two capital letters, or *), or the CountryCode US with a SubdivisionCode"
}
