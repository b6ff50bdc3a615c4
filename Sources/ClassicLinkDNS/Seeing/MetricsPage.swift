// `/metrics`: what the workers count, what the query log counts, and what the calls have counted through swift-metrics,
// in CoreDNS's names with our prefix. RCODEs are not counted: that would be work for each packet.
import ControlPlane
import Foundation
import Glibc
import Resolution
import Transport

struct MetricsPage: Sendable {
  let registry: PrometheusMetrics
  let server: Server
  let publication: Publication
  let queryLog: QueryLog?
  let lastReload: LastReload

  var text: String {
    var text = PrometheusText()
    text.begin("classiclink_dns_build_info", .gauge, help: "The version that runs.")
    text.add("classiclink_dns_build_info", [("version", productVersion)], 1)
    text.add(
      "classiclink_dns_generation", .gauge, publication.generation,
      help: "Number of the world in force; each change makes the next one.")
    text.add(
      "classiclink_dns_last_reload_successful", .gauge, lastReload.problem == nil ? 1 : 0,
      help: "0 when the world could not be read again: the one before it is served.")
    addCounters(to: &text)
    if let counts = queryLog?.counts {
      text.add(
        "classiclink_dns_query_log_lines_total", .counter, counts.written, help: "Lines of the query log written.")
      text.add(
        "classiclink_dns_query_log_dropped_total", .counter, counts.dropped,
        help: "Answers that the query log has no line of: it was written too slowly, or not at all.")
      text.add(
        "classiclink_dns_query_log_write_errors_total", .counter, counts.writeErrors,
        help: "Failed writes to the query log, and failed openings after a rotation.")
    }
    registry.write(to: &text)
    addProcess(to: &text)
    return text.text
  }

  private func addCounters(to text: inout PrometheusText) {
    let counters = server.counters
    text.begin("classiclink_dns_requests_total", .counter, help: "DNS messages received.")
    text.add("classiclink_dns_requests_total", [("proto", "udp")], counters[.udpQueries])
    text.add("classiclink_dns_requests_total", [("proto", "tcp")], counters[.tcpQueries])
    text.add("classiclink_dns_responses_total", .counter, counters[.answers], help: "Answers handed to the kernel.")
    text.add(
      "classiclink_dns_drops_total", .counter, counters[.dropped],
      help: "Messages without an answer: malformed ones, askers without DNS support, answers that the kernel refused.")
    text.begin(
      "classiclink_dns_cookies_total", .counter,
      help: "Questions with a DNS cookie: the client's alone, with one that this server made, or with another.")
    text.add("classiclink_dns_cookies_total", [("state", "new")], counters[.cookiesNew])
    text.add("classiclink_dns_cookies_total", [("state", "valid")], counters[.cookiesValid])
    text.add("classiclink_dns_cookies_total", [("state", "invalid")], counters[.cookiesInvalid])
    text.add(
      "classiclink_dns_tcp_connections_total", .counter, counters[.tcpAccepted], help: "TCP connections accepted.")
    addLimits(counters, to: &text)
    addForwarding(counters, to: &text)
    // The two are summed one after the other, while workers count.
    let open = Int64(bitPattern: counters[.tcpAccepted] &- counters[.tcpClosed])
    text.add("classiclink_dns_tcp_connections", .gauge, max(0, open), help: "TCP connections open.")
  }

  private func addLimits(_ counters: Counters, to text: inout PrometheusText) {
    let limited = "classiclink_dns_rate_limited_total"
    text.begin(limited, .counter, help: "Questions over the rate limit: dropped, or answered with TC alone.")
    text.add(limited, [("action", "drop")], counters[.rateLimited])
    text.add(limited, [("action", "slip")], counters[.slipped])
    text.add(
      "classiclink_dns_packet_quota_drops_total", .counter, counters[.overQuota],
      help: "Questions dropped since their interface had sent its packets of that second.")
    text.add(
      "classiclink_dns_shut_outs_total", .counter, counters[.shutOuts],
      help: "Times that the kernel was told to drop what a flooder sends, until the end of that second.")
    let refused = "classiclink_dns_tcp_connections_refused_total"
    text.begin(
      refused, .counter, help: "TCP connections closed at once: every slot was taken, or their client's share.")
    text.add(refused, [("limit", "all")], counters[.tcpRefused])
    text.add(refused, [("limit", "client")], counters[.tcpClientLimit])
    let cut = "classiclink_dns_tcp_connections_cut_total"
    text.begin(cut, .counter, help: "TCP connections that the server ended: idle, slow, old, or in the way of others.")
    text.add(cut, [("cause", "idle")], counters[.tcpIdle])
    text.add(cut, [("cause", "slow")], counters[.tcpSlow])
    text.add(cut, [("cause", "old")], counters[.tcpOld])
    text.add(cut, [("cause", "room")], counters[.tcpPressed])
  }

  private func addForwarding(_ counters: Counters, to text: inout PrometheusText) {
    text.add(
      "classiclink_dns_forward_questions_total", .counter, counters[.foreignQuestions],
      help: "Questions that were put to other servers, or to the cache of what they said.")
    text.add(
      "classiclink_dns_forward_cache_hits_total", .counter, counters[.foreignFromCache],
      help: "Of those, the ones that were answered at once.")
    text.add(
      "classiclink_dns_forward_failures_total", .counter, counters[.foreignFailures],
      help: "Of those, the ones that no server answered, or that DNSSEC calls forged.")
    text.add(
      "classiclink_dns_forward_refused_total", .counter, counters[.foreignRefused],
      help: "Questions that were not put to other servers: too many waited, or the server would have been this one.")
    text.add(
      "classiclink_dns_forward_waiting", .gauge, counters[.foreignWaiting], help: "Questions that wait for others.")
    text.add(
      "classiclink_dns_forward_contexts", .gauge, counters[.foreignContexts],
      help: "Sets of servers that are asked, each with a cache, of all workers.")
  }

  /// Prometheus's own names for what the system says of a process (proc(5)).
  private func addProcess(to text: inout PrometheusText) {
    // Behind the name in brackets: state, then numbers; the 12th and 13th are CPU time of user and system, in ticks.
    let status = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    let fields = (status.split(separator: ")").last ?? "").split(separator: " ")
    if fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]), let pages = Int(fields[21]) {
      let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
      text.add(
        "process_cpu_seconds_total", .counter, (user + system) / ticks, help: "CPU time of user and system, seconds.")
      text.add(
        "process_resident_memory_bytes", .gauge, pages * sysconf(Int32(_SC_PAGESIZE)), help: "Memory in use, bytes.")
    }
    if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      text.add("process_open_fds", .gauge, files.count, help: "Open file descriptors.")
    }
  }
}
