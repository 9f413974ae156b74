import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy that connects to where it is asked to, or does something worse.
final class ConnectProxy: Sendable {
    enum Behaviour: Sendable {
        /// Connects; the bytes go before the answer, as provisional ones.
        case connects(before: String = "")
        case answers(String)
        case saysNothing
        case closes
    }

    private let requests = Mutex<[String]>([])
    let behaviour: Behaviour

    /// What was asked so far, without the empty line.
    var asked: [String] { self.requests.withLock { $0 } }

    private init(_ behaviour: Behaviour) { self.behaviour = behaviour }

    static func with(_ behaviour: Behaviour, _ body: (_ proxy: ConnectProxy, _ port: Int) async throws -> Void) async throws {
        let proxy = ConnectProxy(behaviour)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Front(proxy)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(proxy, server.localAddress!.port!)) } catch { result = .failure(error) }
        try await server.close()
        try result.get()
    }

    private final class Front: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let proxy: ConnectProxy
        private var head = ""

        init(_ proxy: ConnectProxy) { self.proxy = proxy }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.head += String(buffer: self.unwrapInboundIn(data))
            guard self.head.hasSuffix("\r\n\r\n") else { return }
            let lines = self.head.dropLast(2)  // Characters: of two bytes each.
            self.proxy.requests.withLock { $0.append(String(lines)) }
            switch self.proxy.behaviour {
            case .saysNothing: break
            case .closes: context.close(promise: nil)
            case .answers(let text): context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .connects(let before):
                // localhost, as the tests' certificates want it.
                let port = lines.split(separator: " ")[1].split(separator: ":").last.flatMap { Int($0) } ?? 0
                self.connect(to: port, before: before, context: context)
            }
        }

        private func connect(to port: Int, before: String, context: ChannelHandlerContext) {
            let front = context.channel
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            ClientBootstrap(group: context.eventLoop)
                .channelInitializer { back in
                    back.eventLoop.makeCompletedFuture { try back.pipeline.syncOperations.addHandler(Relay(to: front)) }
                }
                .connect(host: "127.0.0.1", port: port)
                .assumeIsolated()
                .whenComplete { result in
                    switch result {
                    case .failure: front.writeAndFlush(ByteBuffer(string: "HTTP/1.1 502 Bad Gateway\r\n\r\n"), promise: nil)
                    case .success(let back):
                        front.writeAndFlush(ByteBuffer(string: before + "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
                        front.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
                        try? front.pipeline.syncOperations.addHandler(Relay(to: back))
                    }
                }
        }
    }

    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel

        init(to other: any Channel) { self.other = other }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.other.writeAndFlush(self.unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { self.other.close(promise: nil) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
