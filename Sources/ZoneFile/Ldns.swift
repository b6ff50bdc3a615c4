// The fence around libldns: field text to octets, and the fields of a type. Nothing else sees a C type.
import CLdns
import DNSWire

enum Ldns {
  /// The octets of one field; `nil` when ldns refuses the text. Its text holds no NUL.
  static func octets(_ field: DataField, _ text: String) -> [UInt8]? {
    let field = field == .certificateAlgorithm ? .algorithm : field
    guard let kind = kinds.first(where: { $0.field == field })?.kind,
      let data = unsafe ldns_rdf_new_frm_str(kind, text)
    else { return nil }
    defer { unsafe ldns_rdf_deep_free(data) }
    guard let start = unsafe ldns_rdf_data(data) else { return [] }
    return unsafe Array(UnsafeBufferPointer(start: start, count: ldns_rdf_size(data)))
  }

  /// The fields of a type; `nil` when ldns does not know it or reads it only as RFC 3597 writes it.
  static func layout(_ type: RecordType) -> RecordLayout? {
    guard let descriptor = unsafe ldns_rr_descript(type.rawValue),
      unsafe descriptor.pointee._type == ldns_rr_type(UInt32(type.rawValue))
    else { return nil }
    let maximum = unsafe Int(descriptor.pointee._maximum)
    let minimum = unsafe Int(descriptor.pointee._minimum)
    var fields: [DataField] = []
    for index in 0..<maximum {
      guard let field = unsafe field(ldns_rr_descriptor_field_type(descriptor, index)) else { return nil }
      fields.append(field)
    }
    return RecordLayout(fields: fields, minimum: minimum, repeated: unsafe field(descriptor.pointee._variable))
  }

  private static func field(_ kind: ldns_rdf_type) -> DataField? { kinds.first { $0.kind == kind }?.field }

  private static let kinds: [(kind: ldns_rdf_type, field: DataField)] = [
    (LDNS_RDF_TYPE_DNAME, .name), (LDNS_RDF_TYPE_INT8, .int8), (LDNS_RDF_TYPE_INT16, .int16),
    (LDNS_RDF_TYPE_INT32, .int32), (LDNS_RDF_TYPE_PERIOD, .period), (LDNS_RDF_TYPE_A, .ipv4),
    (LDNS_RDF_TYPE_AAAA, .ipv6), (LDNS_RDF_TYPE_STR, .string), (LDNS_RDF_TYPE_LONG_STR, .longString),
    (LDNS_RDF_TYPE_B64, .base64), (LDNS_RDF_TYPE_HEX, .hex), (LDNS_RDF_TYPE_TYPE, .type),
    (LDNS_RDF_TYPE_NSEC, .typeBitmap), (LDNS_RDF_TYPE_ALG, .algorithm), (LDNS_RDF_TYPE_CERT_ALG, .certificateType),
    (LDNS_RDF_TYPE_CERTIFICATE_USAGE, .certificateUsage), (LDNS_RDF_TYPE_SELECTOR, .selector),
    (LDNS_RDF_TYPE_MATCHING_TYPE, .matchingType), (LDNS_RDF_TYPE_TIME, .time), (LDNS_RDF_TYPE_NSEC3_SALT, .salt),
    (LDNS_RDF_TYPE_NSEC3_NEXT_OWNER, .hashedOwner), (LDNS_RDF_TYPE_ILNP64, .locator64),
    (LDNS_RDF_TYPE_EUI48, .eui48), (LDNS_RDF_TYPE_EUI64, .eui64), (LDNS_RDF_TYPE_TAG, .tag),
    (LDNS_RDF_TYPE_APL, .addressPrefix), (LDNS_RDF_TYPE_LOC, .location), (LDNS_RDF_TYPE_WKS, .services),
    (LDNS_RDF_TYPE_NSAP, .nsap), (LDNS_RDF_TYPE_ATMA, .atma), (LDNS_RDF_TYPE_IPSECKEY, .ipsecKey),
    (LDNS_RDF_TYPE_HIP, .hostIdentity), (LDNS_RDF_TYPE_SVCPARAMS, .serviceParameters),
  ]
}
