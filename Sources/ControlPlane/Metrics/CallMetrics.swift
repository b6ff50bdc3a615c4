// What is counted of calls: by service and outcome, both of few values whatever clients send.
import CoreMetrics

public enum CallMetrics {
  private static let requests = "classiclink_dns_http_requests_total"
  private static let calls = "classiclink_dns_api_calls_total"
  private static let commits = "classiclink_dns_commit_duration_seconds"

  /// What each name counts.
  public static let help = [
    requests: "HTTP requests to the API's port, by status.",
    calls: "Calls by service and outcome: ok, refused (the caller's error) or failed (ours).",
    commits: "Time from handing changes to the disk until they are on it; calls share a commit.",
  ]

  static func count(status: Int) {
    Counter(label: requests, dimensions: [("code", "\(status)")]).increment()
  }

  /// - Parameter action: With its service, such as `ec2:CreateVpc`.
  static func count(_ action: String, _ result: Result<Steward.Reply, AWSError>) {
    let outcome =
      switch result {
      case .success: "ok"
      case .failure(let error): error.status < 500 ? "refused" : "failed"
      }
    Counter(
      label: calls, dimensions: [("service", String(action.prefix { $0 != ":" })), ("outcome", outcome)]
    ).increment()
  }

  static func count(commit duration: Duration) {
    let (seconds, attoseconds) = duration.components
    Timer(label: commits).recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
