// An answer that says nothing but "come back over TCP": for a question over a limit, which may be forged. It is hardly
// longer than the question, and whoever really asks comes back.
import DNSWire

/// Turns the question of `count` octets that stands in `out` into that answer, and returns its length; 0 when nothing
/// is sent: to what is no question, and to an asker who gets no answers (decision 6).
@_noLocks
public func answerTruncated(
  _ tables: borrowing Tables, _ arrival: Arrival, messageOf count: Int, in out: inout MutableSpan<UInt8>,
  scratch: inout Scratch
) -> Int {
  scratch.forget()
  guard case .query = scratch.query.read(out, count: count, name: &scratch.name) else { return 0 }
  // Whoever really asks gets a cookie, and is not limited when he brings it back.
  judgeCookie(arrival, &scratch)
  if tables.isSilent(to: tables.asker(source: scratch.source, network: arrival.network)) { return 0 }
  let query = scratch.query
  // Nobody can make a long answer of it: the server's name is one.
  scratch.query.asksIdentity = false
  scratch.writer.begin(query, limit: Limits.plainUDPOctets, into: &out)
  if query.hasEDNS { putOPT(tables, arrival, .noError, &scratch, into: &out) }
  scratch.writer.finish(
    query, code: .noError, isTruncated: true, isAuthentic: false, additional: query.hasEDNS ? 1 : 0, into: &out)
  return scratch.writer.position
}
