// What an account may use (S5, S129–S131).
import Cloud

extension QueryService {
  static let accountOperations: [String: Operation] = [
    "DescribeAccountAttributes": { (call: inout Call, parameters) throws(AWSError) in
      let known = call.accountAttributes
      let wanted = try parameters.texts("AttributeName")
      for name in wanted where !known.contains(where: { $0.name == name }) {
        throw .invalid("AttributeName", name, "it is one of " + known.map(\.name).joined(separator: ", "))
      }
      let items = known.filter { wanted.isEmpty || wanted.contains($0.name) }.map { attribute in
        [
          XML("attributeName", attribute.name),
          .list("attributeValueSet", attribute.values.map { [XML("attributeValue", $0)] }),
        ]
      }
      return [.list("accountAttributeSet", items)]
    }
  ]
}

extension Call {
  /// The values of semantics 4.5.
  fileprivate var accountAttributes: [(name: String, values: [String])] {
    return [
      ("supported-platforms", world.supportedPlatforms.sorted()),  // S131
      ("default-vpc", [defaultVPC?.id.rawValue ?? "none"]),
      ("max-instances", ["20"]),
      ("max-elastic-ips", ["5"]),
      ("vpc-max-elastic-ips", ["5"]),
      ("vpc-max-security-groups-per-interface", ["5"]),
    ]
  }
}
