// One record of every type that ldns 1.8.3 reads: its text, its octets, and the text that dig prints for them.
import DNSWire
import Testing
import ZoneFile

/// The type, what a zone file says, the RDATA in hexadecimal, and what dig prints when that differs from the text.
struct Sample: Sendable, CustomTestStringConvertible {
  var type: String
  var text: String
  var data: String
  var printed: String?

  init(_ type: String, _ text: String, _ data: String, printed: String? = nil) {
    self.type = type
    self.text = text
    self.data = data
    self.printed = printed
  }

  var testDescription: String { "\(type) \(text)" }
}

struct EveryTypeTests {
  @Test(arguments: samples)
  func recordIsReadAndPrinted(_ sample: Sample) throws {
    let type = try #require(RecordType(sample.type))
    let data = try ZoneFile.recordData(type: type, text: sample.text)
    #expect(hexadecimal(data) == sample.data)
    let printed = try #require(ZoneFile.presentation(type: type, data: data))
    #expect(printed == sample.printed ?? sample.text)
    #expect(try ZoneFile.recordData(type: type, text: printed) == data)
  }

  /// RFC 3597 5: any type can be written as octets, and they are checked as if they had come as text.
  @Test(arguments: samples)
  func octetsOfAKnownTypeAreRead(_ sample: Sample) throws {
    let type = try #require(RecordType(sample.type))
    let text = "\\# \(sample.data.count / 2) \(sample.data)"
    #expect(hexadecimal(try ZoneFile.recordData(type: type, text: text)) == sample.data)
  }

  /// The samples leave no type out that ldns reads.
  @Test func samplesHoldEveryType() throws {
    let read = (1...UInt16.max).map { RecordType(rawValue: $0) }.filter { (type: RecordType) -> Bool in
      do throws(ZoneProblem) {
        _ = try ZoneFile.recordData(type: type, text: "")
        return true
      } catch {
        return !error.message.contains("RFC 3597") && !error.message.contains("zone can hold")
          && !error.message.contains("not allowed")
      }
    }
    let sampled = Set(samples.compactMap { RecordType($0.type) })
    #expect(Set(read).subtracting(sampled).isEmpty)
    #expect(read.count == 67)
  }

  /// Every octet of every sample's data, changed and cut: printing answers `nil` or text that reads back.
  @Test(arguments: samples)
  func damagedDataIsNoTrap(_ sample: Sample) throws {
    let type = try #require(RecordType(sample.type))
    let data = try ZoneFile.recordData(type: type, text: sample.text)
    for index in data.indices {
      for value: UInt8 in [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, data[index] &+ 1] {
        var damaged = data
        damaged[index] = value
        check(type, damaged)
        check(type, Array(damaged[...index]))
      }
    }
    check(type, data + [0])
  }

  private func check(_ type: RecordType, _ data: [UInt8]) {
    guard let text = ZoneFile.presentation(type: type, data: data) else { return }
    do throws(ZoneProblem) {
      let again = try ZoneFile.recordData(type: type, text: text)
      // Zeros at the end of a WKS bitmap and the power of ten of a zero in LOC say nothing.
      #expect(again == data || type.description == "WKS" || type.description == "LOC", "\(type) \(text)")
      #expect(ZoneFile.presentation(type: type, data: again) == text)
    } catch {
      #expect(error.message.contains("a TTL is at most"), "\(type) \(text)")
    }
  }
}

func hexadecimal(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
}

/// The octets and the printed text are what BIND 9.18 makes of each text; `dohpath` it still prints as `key7`.
let samples: [Sample] = [
  Sample(
    "A", "10.0.0.1",
    "0A000001"),
  Sample(
    "NS", "ns.example.net.",
    "026E73076578616D706C65036E657400"),
  Sample(
    "MD", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "MF", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "CNAME", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "SOA", "ns.example.net. host.example.net. 2024010101 7200 900 1209600 86400",
    "026E73076578616D706C65036E65740004686F7374076578616D706C65036E65740078A3F17500001C20000003840012750000015180"),
  Sample(
    "MB", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "MG", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "MR", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "WKS", "10.0.0.1 TCP SMTP 80 443",
    "0A000001060000004000000000000080000000000000000000000000000000000000000000000000000000000000000000000000000000000000000010",
    printed: "10.0.0.1 6 25 80 443"),
  Sample(
    "PTR", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "HINFO", #""PC" "Linux 6""#,
    "025043074C696E75782036"),
  Sample(
    "MINFO", "a.example.net. b.example.net.",
    "0161076578616D706C65036E6574000162076578616D706C65036E657400"),
  Sample(
    "MX", "10 mail.example.net.",
    "000A046D61696C076578616D706C65036E657400"),
  Sample(
    "TXT", #""v=spf1 -all" plain "qu\"ote;\\ \200""#,
    "0B763D73706631202D616C6C05706C61696E0A7175226F74653B5C20C8",
    printed: #""v=spf1 -all" "plain" "qu\"ote;\\ \200""#),
  Sample(
    "RP", "mbox.example.net. txt.example.net.",
    "046D626F78076578616D706C65036E65740003747874076578616D706C65036E657400"),
  Sample(
    "AFSDB", "1 afs.example.net.",
    "000103616673076578616D706C65036E657400"),
  Sample(
    "X25", "311061700956",
    "0C333131303631373030393536",
    printed: #""311061700956""#),
  Sample(
    "ISDN", "150862028003217 004",
    "0F31353038363230323830303332313703303034",
    printed: #""150862028003217" "004""#),
  Sample(
    "RT", "10 relay.example.net.",
    "000A0572656C6179076578616D706C65036E657400"),
  Sample(
    "NSAP", "0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00",
    "47000580005A0000000001E133FFFFFF00016100",
    printed: "0x47000580005a0000000001e133ffffff00016100"),
  Sample(
    "NSAP-PTR", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "SIG", "A 8 3 3600 20300101000000 20290101000000 12345 example.net. AQIDBA==",
    "0001080300000E1070DBD8806EFAA5003039076578616D706C65036E65740001020304"),
  Sample(
    "KEY", "256 3 8 AQIDBA==",
    "0100030801020304"),
  Sample(
    "PX", "10 a.example.net. b.example.net.",
    "000A0161076578616D706C65036E6574000162076578616D706C65036E657400"),
  Sample(
    "GPOS", "-32.6882 116.8652 10.0",
    "082D33322E36383832083131362E383635320431302E30",
    printed: #""-32.6882" "116.8652" "10.0""#),
  Sample(
    "AAAA", "2001:db8::1",
    "20010DB8000000000000000000000001"),
  Sample(
    "LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
    "000016138B3CF018810CBCE0009895B8"),
  Sample(
    "EID", "0102ab",
    "0102AB",
    printed: "0102AB"),
  Sample(
    "NIMLOC", "0102ab",
    "0102AB",
    printed: "0102AB"),
  Sample(
    "SRV", "0 5 5060 sip.example.net.",
    "0000000513C403736970076578616D706C65036E657400"),
  Sample(
    "ATMA", "39.246f.00.0e7c9c031200010001.000012345678.00",
    "0039246F000E7C9C03120001000100001234567800",
    printed: "39246f000e7c9c03120001000100001234567800"),
  Sample(
    "ATMA", "+61200000000",
    "013631323030303030303030"),
  Sample(
    "NAPTR", #"100 50 "s" "http+I2L+I2C+I2R" "" _http._tcp.gatech.edu."#,
    "00640032017310687474702B49324C2B4932432B49325200055F68747470045F746370066761746563680365647500"),
  Sample(
    "KX", "10 kx.example.net.",
    "000A026B78076578616D706C65036E657400"),
  Sample(
    "CERT", "PKIX 12345 RSASHA256 AQIDBA==",
    "000130390801020304"),
  Sample(
    "CERT", "65000 12345 8 AQIDBA==",
    "FDE830390801020304",
    printed: "65000 12345 RSASHA256 AQIDBA=="),
  Sample(
    "DNAME", "a.example.net.",
    "0161076578616D706C65036E657400"),
  Sample(
    "APL", "1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8",
    "00011503C0A82000011C83C0A82600020801FF"),
  Sample(
    "DS", "60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    "EC450802D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    printed: "60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4 469DA50A"),
  Sample(
    "SSHFP", "2 1 123456789abcdef67890123456789abcdef67890",
    "0201123456789ABCDEF67890123456789ABCDEF67890",
    printed: "2 1 123456789ABCDEF67890123456789ABCDEF67890"),
  Sample(
    "IPSECKEY", "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0A0102C0000226010351537986ED35533B6064478EEEB27B5BD74DAE149B6E81BA3A0521AF82AB7801"),
  Sample(
    "IPSECKEY", "10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0A0002010351537986ED35533B6064478EEEB27B5BD74DAE149B6E81BA3A0521AF82AB7801"),
  Sample(
    "IPSECKEY", "10 3 2 mygateway.example.com. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0A0302096D7967617465776179076578616D706C6503636F6D00010351537986ED35533B6064478EEEB27B5BD74DAE149B6E81BA3A0521AF82AB7801"
  ),
  Sample(
    "IPSECKEY", "10 2 2 2001:db8::1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "0A020220010DB8000000000000000000000001010351537986ED35533B6064478EEEB27B5BD74DAE149B6E81BA3A0521AF82AB7801"),
  Sample(
    "RRSIG", "A 8 3 3600 20300101000000 20290101000000 12345 example.net. AQIDBA==",
    "0001080300000E1070DBD8806EFAA5003039076578616D706C65036E65740001020304"),
  Sample(
    "NSEC", "host.example.net. A MX RRSIG NSEC TYPE1234",
    "04686F7374076578616D706C65036E6574000006400100000003041B000000000000000000000000000000000000000000000000000020"),
  Sample(
    "DNSKEY", "257 3 RSASHA256 AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5",
    "010103080102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F30313233343536373839",
    printed: "257 3 8 AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkq KywtLi8wMTIzNDU2Nzg5"),
  Sample(
    "DHCID", "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
    "000201636FC0B8271C82825BB1AC5C41CF5351AA69B4FEBD94E8F17CDB95000DA48C40"),
  Sample(
    "NSEC3", "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS",
    "0101000C04AABBCCDD14174EB2409FE28BCB4887A1836F957F0A8425E27B000720010000000080",
    printed: "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS MX DNSKEY"),
  Sample(
    "NSEC3", "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr A",
    "010000000014174EB2409FE28BCB4887A1836F957F0A8425E27B000140",
    printed: "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A"),
  Sample(
    "NSEC3PARAM", "1 0 12 aabbccdd",
    "0100000C04AABBCCDD",
    printed: "1 0 12 AABBCCDD"),
  Sample(
    "NSEC3PARAM", "1 0 0 -",
    "0100000000"),
  Sample(
    "TLSA", "3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
    "030101D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
    printed: "3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB10 6618E971"),
  Sample(
    "SMIMEA", "3 0 0 d2abde24",
    "030000D2ABDE24",
    printed: "3 0 0 D2ABDE24"),
  Sample(
    "HIP",
    "2 200100107b1a74df365639cc39f1d578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs1.example.net. rvs2.example.net.",
    "10020084200100107B1A74DF365639CC39F1D57803010001B771CA136E4AEB5CE44333C53B3D2C13C22243851FC708BCCE29F7E2EB5787B5F56CCAD34F8223ACC10904DDB56B2EC4A6D6232F3B50EA094F0914B3B941BBE529AF582C36BBADEFDAF2ADAF9B4911906F5B2522603C615272B880EC8FB930CC6EE39C444DAA75B1678F005A4B2499D1DA5433F805C7A5AD3237ACC5DD5C5E430472767331076578616D706C65036E6574000472767332076578616D706C65036E657400",
    printed:
      "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs1.example.net. rvs2.example.net."
  ),
  Sample(
    "TALINK", "a.example.net. b.example.net.",
    "0161076578616D706C65036E6574000162076578616D706C65036E657400"),
  Sample(
    "CDS", "0 0 0 00",
    "0000000000"),
  Sample(
    "CDNSKEY", "0 3 0 AA==",
    "0000030000"),
  Sample(
    "OPENPGPKEY", "AQIDBA==",
    "01020304"),
  Sample(
    "CSYNC", "66 3 A NS AAAA",
    "000000420003000460000008"),
  Sample(
    "ZONEMD",
    "2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE",
    "7848B78C0101FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE",
    printed:
      "2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B6 41A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE"
  ),
  Sample(
    "SVCB",
    #"1 svc.example.net. alpn=h2,h3 port=8443 mandatory=alpn ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1 key667="hello world""#,
    "000103737663076578616D706C65036E657400000000020001000100060268320268330003000220FB00040008C0000201C00002020006001020010DB8000000000000000000000001029B000B68656C6C6F20776F726C64",
    printed:
      #"1 svc.example.net. mandatory=alpn alpn="h2,h3" port=8443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1 key667="hello world""#
  ),
  Sample(
    "SVCB", #"16 foo.example.org. alpn="f\\\\oo\\,bar,h2""#,
    "001003666F6F076578616D706C65036F7267000001000C08665C6F6F2C626172026832"),
  Sample(
    "HTTPS", "1 . alpn=h3 no-default-alpn ech=AEn+DQ== dohpath=/dns-query{?dns}",
    "0001000001000302683300020000000500040049FE0D000700102F646E732D71756572797B3F646E737D",
    printed: #"1 . alpn="h3" no-default-alpn ech=AEn+DQ== dohpath="/dns-query{?dns}""#),
  Sample(
    "HTTPS", "0 pool.example.net.",
    "000004706F6F6C076578616D706C65036E657400"),
  Sample(
    "SPF", #""v=spf1 -all""#,
    "0B763D73706631202D616C6C"),
  Sample(
    "NID", "10 0014:4fff:ff20:ee64",
    "000A00144FFFFF20EE64",
    printed: "10 14:4fff:ff20:ee64"),
  Sample(
    "L32", "10 10.1.2.0",
    "000A0A010200"),
  Sample(
    "L64", "10 2001:0db8:1140:1000",
    "000A20010DB811401000",
    printed: "10 2001:db8:1140:1000"),
  Sample(
    "LP", "10 l64.example.net.",
    "000A036C3634076578616D706C65036E657400"),
  Sample(
    "EUI48", "00-00-5e-00-53-2a",
    "00005E00532A"),
  Sample(
    "EUI64", "00-00-5e-ef-10-00-00-2a",
    "00005EEF1000002A"),
  Sample(
    "URI", #"10 1 "ftp://ftp1.example.com/public""#,
    "000A00016674703A2F2F667470312E6578616D706C652E636F6D2F7075626C6963"),
  Sample(
    "CAA", #"0 issue "ca.example.net; policy=ev""#,
    "0005697373756563612E6578616D706C652E6E65743B20706F6C6963793D6576"),
  Sample(
    "DLV", "60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    "EC450802D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    printed: "60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4 469DA50A"),
  Sample(
    "TYPE65280", ##"\# 4 0a000001"##,
    "0A000001",
    printed: ##"\# 4 0A000001"##),
  Sample(
    "A", ##"\# 4 0a000001"##,
    "0A000001",
    printed: "10.0.0.1"),
]
