// Hummingbird's channel of HTTP/1, with handlers of ours where requests are still as they were sent.
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

struct GuardedChannel: ServerChildChannel {
  let channel: HTTP1Channel

  func setup(channel connection: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    channel.setup(channel: connection, logger: logger).flatMapThrowing { value in
      let pipeline = connection.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      // The second stands before the first: whoever counts requests sees none that nobody will answer.
      try pipeline.addHandler(PeerPatience(), position: .after(decoder))
      try pipeline.addHandler(OneHost(), position: .after(decoder))
      return value
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async { await channel.handle(value: value, logger: logger) }
}
