// What the code counts through swift-metrics, kept for `/metrics`. Counters, gauges and histograms by their names and
// labels; whoever counts names labels of few values, since a series stays for ever.
import CoreMetrics
import Synchronization

/// The backend of swift-metrics for a program that Prometheus asks.
public final class PrometheusMetrics: MetricsFactory {
  private struct Key: Hashable, Comparable {
    var name: String
    /// As Prometheus writes them.
    var labels: String

    static func < (left: Self, right: Self) -> Bool { (left.name, left.labels) < (right.name, right.labels) }
  }

  private struct Series {
    var labels: [(String, String)]
    var handler: any SeriesHandler
  }

  private let help: [String: String]
  private let series = Mutex<[Key: Series]>([:])

  /// - Parameter help: What each name counts, in a sentence.
  public init(help: [String: String]) { self.help = help }

  /// Adds every family, in the order of names.
  public func write(to text: inout PrometheusText) {
    let all = series.withLock { $0.sorted { $0.key < $1.key } }
    var family: String?
    for (key, series) in all {
      if key.name != family {
        family = key.name
        text.begin(key.name, series.handler.kind, help: help[key.name] ?? "")
      }
      series.handler.write(key.name, series.labels, to: &text)
    }
  }

  private func handler<Handler: SeriesHandler>(
    _ name: String, _ labels: [(String, String)], _ make: () -> Handler
  ) -> Handler {
    series.withLock { series in
      let key = Key(name: name, labels: PrometheusText.text(labels))
      if let known = series[key]?.handler as? Handler { return known }
      let handler = make()
      series[key] = Series(labels: labels, handler: handler)
      return handler
    }
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    handler(label, dimensions) { CounterSeries() }
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    if aggregate { return handler(label, dimensions) { HistogramSeries() } }
    return handler(label, dimensions) { GaugeSeries() }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    handler(label, dimensions) { HistogramSeries() }
  }

  // Prometheus wants every series to the end.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}
}

/// What stands behind one name with its labels.
private protocol SeriesHandler: AnyObject, Sendable {
  var kind: PrometheusText.Kind { get }
  func write(_ name: String, _ labels: [(String, String)], to text: inout PrometheusText)
}

private final class CounterSeries: CounterHandler, SeriesHandler {
  private let value = Atomic<Int64>(0)
  var kind: PrometheusText.Kind { .counter }
  func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { value.store(0, ordering: .relaxed) }

  func write(_ name: String, _ labels: [(String, String)], to text: inout PrometheusText) {
    text.add(name, labels, value.load(ordering: .relaxed))
  }
}

private final class GaugeSeries: RecorderHandler, SeriesHandler {
  private let value = Mutex<Double>(0)
  var kind: PrometheusText.Kind { .gauge }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) { self.value.withLock { $0 = value } }

  func write(_ name: String, _ labels: [(String, String)], to text: inout PrometheusText) {
    text.add(name, labels, value.withLock { $0 })
  }
}

/// Durations, in seconds, or other numbers.
private final class HistogramSeries: TimerHandler, RecorderHandler, SeriesHandler {
  /// From the commit of a fast disk to what nobody waits for, in steps that tell a slow disk from a busy one.
  static let bounds: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

  private struct Sums {
    var counts = Array(repeating: 0, count: HistogramSeries.bounds.count + 1)
    var sum = 0.0
  }
  private let sums = Mutex(Sums())
  var kind: PrometheusText.Kind { .histogram }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) {
    let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
    sums.withLock {
      $0.counts[bucket] += 1
      $0.sum += value
    }
  }

  func write(_ name: String, _ labels: [(String, String)], to text: inout PrometheusText) {
    let sums = sums.withLock { $0 }
    var below = 0
    for (index, count) in sums.counts.enumerated() {
      below += count
      let bound = index < Self.bounds.count ? "\(Self.bounds[index])" : "+Inf"
      text.add("\(name)_bucket", labels + [("le", bound)], below)
    }
    text.add("\(name)_sum", labels, sums.sum)
    text.add("\(name)_count", labels, below)
  }
}
