// A request has one Host (RFC 9112 3.2): of two, the door might look at one and a proxy before it at the other.
import NIOCore
import NIOHTTP1

/// Makes a request of HTTP/1.1 without a Host, and any with two, one that cannot be read: it gets 400, and the
/// connection ends. Probes of HTTP/1.0 have none.
final class OneHost: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private var isBroken = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isBroken else { return }
    if case .head(let head) = unwrapInboundIn(data) {
      let count = head.headers["Host"].count
      guard count == 1 || count == 0 && head.version == .http1_0 else {
        isBroken = true
        return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
      }
    }
    context.fireChannelRead(data)
  }
}
