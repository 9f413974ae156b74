import ChatTransport
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A child channel behind TLS, each connection with the certificate that is current when it comes.
struct ReloadableTLSChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let tls: ServerTLS

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            // With TLS no end of the stream is half of one, and NIOSSL would wait for the other in vain.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: self.tls.context))
        }.flatMap {
            self.base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await self.base.handle(value: value, logger: logger)
    }
}
