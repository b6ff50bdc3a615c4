// How long connections may keep us waiting: Hummingbird's own timeout begins again with each octet of a body, and
// rests while a reply is written. Without a limit of ours, who drips octets or reads nothing holds them for ever.
import NIOCore
import NIOHTTP1

/// Closes a connection whose peer is late with a request, or with taking its replies.
///
/// - A request has `CallLimits.idleSeconds` to begin, and `requestSeconds` from its head to its end. That it was
///   answered before, such as one that is too long, changes nothing.
/// - Replies have `idleSeconds` to be taken, and more by their size.
/// - While a call is carried out nobody waits for the peer.
final class PeerPatience: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// Requests whose head has come, and whose reply is not written.
  private var unanswered = 0
  /// Of the last request the head has come and the end has not.
  private var isComing = false
  /// Replies that are written and not yet the kernel's.
  private var unsent = 0
  /// When the peer is late with the next request, or its end; `nil` while nobody waits for it.
  private var requestDue: NIODeadline?
  /// When it is late with taking what is unsent; `nil` when that is nothing.
  private var repliesDue: NIODeadline?
  private var alarm: (at: NIODeadline, task: Scheduled<Void>)?

  func channelActive(context: ChannelHandlerContext) {
    wait(CallLimits.idleSeconds, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    alarm?.task.cancel()
    alarm = nil
    (requestDue, repliesDue) = (nil, nil)
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      unanswered += 1
      isComing = true
      // One behind others waits for them, not for the peer: as long as they are carried out, nobody reads.
      if unanswered == 1 { waitForEnd(context) }
    case .body: break
    case .end:
      isComing = false
      requestDue = nil
      // Answered before it was here: the next may begin.
      if unanswered == 0 { wait(CallLimits.idleSeconds, context) }
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head: context.write(data, promise: promise)
    case .body(let body):
      add(octets: body.readableBytes, context)
      context.write(data, promise: promise)
    case .end:
      add(octets: 0, context)
      unsent += 1
      let sent = promise ?? context.eventLoop.makePromise()
      sent.futureResult.assumeIsolated().whenComplete { _ in self.sentReply(context) }
      context.write(data, promise: sent)
      // What a broken request is told answers none.
      unanswered = max(0, unanswered - 1)
      if !isComing && unanswered == 0 { wait(CallLimits.idleSeconds, context) }
      // It was behind this one, which is done.
      if isComing && unanswered == 1 { waitForEnd(context) }
    }
  }

  /// Who reads the body says first that it did not come (408).
  private func waitForEnd(_ context: ChannelHandlerContext) {
    wait(CallLimits.requestSeconds + CallLimits.lastWordSeconds, context)
  }

  private func wait(_ seconds: Int64, _ context: ChannelHandlerContext) {
    requestDue = .now() + .seconds(seconds)
    setAlarm(context)
  }

  /// Each reply gives the peer its part of the time, however little of the earlier ones it has taken.
  private func add(octets: Int, _ context: ChannelHandlerContext) {
    let due = repliesDue ?? .now() + .seconds(CallLimits.idleSeconds)
    repliesDue = due + .milliseconds(Int64(octets) * 1000 / CallLimits.leastOctetsASecond)
    setAlarm(context)
  }

  private func sentReply(_ context: ChannelHandlerContext) {
    unsent -= 1
    guard unsent == 0 else { return }
    repliesDue = nil
    // The time of a peer that takes a reply slowly counts from when it has it.
    if !isComing, unanswered == 0, requestDue != nil { wait(CallLimits.idleSeconds, context) }
  }

  private func setAlarm(_ context: ChannelHandlerContext) {
    guard let due = [requestDue, repliesDue].compactMap(\.self).min() else { return }
    if let alarm, alarm.at <= due { return }
    alarm?.task.cancel()
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.look(context) }
    alarm = (due, task)
  }

  private func look(_ context: ChannelHandlerContext) {
    alarm = nil
    let now = NIODeadline.now()
    if [requestDue, repliesDue].contains(where: { $0.map { $0 <= now } ?? false }) {
      context.close(promise: nil)
    } else {
      setAlarm(context)
    }
  }
}
