import ChatTransport
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A child channel of a Hummingbird server that gives the WebSocket's paths to an acceptor and everything else to another child channel.
///
/// Every connection counts for the acceptor's limits, from its setup until it closes.
struct ChatUpgradeChannel<Base: ServerChildChannel>: ServerChildChannel {
    /// A connection, and who will have it once its first line was read.
    ///
    /// A channel reads nothing before it is set up, so the setup cannot wait for that line.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let owner: EventLoopFuture<Owner>
    }

    enum Owner: Sendable {
        case http(Base.Value)
        case webSocket
    }

    let base: Base
    let acceptor: WebSocketAcceptor
    let isWebSocketPath: @Sendable (String) -> Bool

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // One that is too many is closed by now, and whoever serves it never hears of it.
            guard let admission = self.acceptor.admit(channel) else { throw ChannelError.ioOnClosedChannel }
            let owner = channel.eventLoop.makePromise(of: Owner.self)
            channel.closeFuture.assumeIsolated().whenComplete { _ in
                admission.release()
                // A connection that ends before it has said what it wants is nobody's.
                owner.fail(ChannelError.ioOnClosedChannel)
            }
            let deadline = channel.eventLoop.now + TimeAmount(self.acceptor.configuration.handshakeTimeout)
            let handler = RequestLineHandler(deadline: deadline) { path in
                self.takeOver(channel, path: path, deadline: deadline, admission: admission, owner: owner, logger: logger)
            }
            try TransientReceiveAllocator.use(on: channel)
            try channel.pipeline.syncOperations.addHandler(handler)
            if self.acceptor.configuration.proxyProtocol { try self.acceptor.readSource(of: admission, on: channel, deadline: deadline) }
            return Value(channel: channel, owner: owner.futureResult)
        }
    }

    private func takeOver(
        _ channel: any Channel, path: String?, deadline: NIODeadline, admission: ConnectionAdmission, owner: EventLoopPromise<Owner>,
        logger: Logger
    ) -> EventLoopFuture<Void> {
        guard let path, self.isWebSocketPath(path) else {
            // By now a proxy has said where the connection comes from. What fails is closed.
            guard self.acceptor.attribute(admission, of: channel) else {
                return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            try? TransientReceiveAllocator.stopUsing(on: channel)
            let ready = self.base.setup(channel: channel, logger: logger)
            ready.map { .http($0) }.cascade(to: owner)
            return ready.map { _ in }
        }
        return channel.eventLoop.makeCompletedFuture {
            // The first line has used up some of the time that a handshake may take.
            try self.acceptor.accept(channel, isAlone: Self.isPlain(channel), deadline: deadline, admission: admission)
            owner.succeed(.webSocket)
        }
    }

    func handle(value: Value, logger: Logger) async {
        // A WebSocket's handlers do everything on the event loop; the server waits for the channel, not for this.
        guard case .http(let value)? = try? await value.owner.get() else { return }
        await self.base.handle(value: value, logger: logger)
    }

    /// Whether nothing encrypts what is sent.
    private static func isPlain(_ channel: any Channel) -> Bool {
        (try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)) == nil
    }
}
