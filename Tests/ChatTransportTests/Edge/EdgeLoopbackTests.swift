import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import ChatTransport

/// The handlers in pipelines as they are meant, over sockets.
@Suite(.timeLimit(.minutes(1)))
struct EdgeLoopbackTests {
    @Test func aProxyHeaderBeforeTLS() async throws {
        let sources = Mutex<[SocketAddress?]>([])
        let tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        try await withLoopbackServer { channel in
            let header = ProxyProtocolHandler(deadline: .now() + .seconds(30)) { source in sources.withLock { $0.append(source) } }
            try channel.pipeline.syncOperations.addHandlers(header, NIOSSLServerHandler(context: tls.context), EchoHandler())
        } _: { port in
            try await TLSClient.connect(to: port, first: "PROXY TCP6 2001:db8::1 2001:db8::2 4660 443\r\n") { client in
                let echo = try await client.echo("hello")
                #expect(echo == "hello")
            }
        }
        #expect(try sources.withLock { $0 } == [SocketAddress(ipAddress: "2001:db8::1", port: 4660)])
    }

    @Test func tlsThroughAProxy() async throws {
        let tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        try await withLoopbackServer { channel in
            try channel.pipeline.syncOperations.addHandler(FakeProxy(tls: tls.context))
        } _: { port in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .certificates([try CertificatePair.a.certificate()])
            let context = try NIOSSLContext(configuration: configuration)
            let received = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    let connected = channel.eventLoop.makePromise(of: Void.self)
                    let received = channel.eventLoop.makePromise(of: String.self)
                    WebSocketProxy.addToPipeline(
                        of: channel, proxy: WebSocketProxy(host: "127.0.0.1", port: port), targetHost: "localhost", targetPort: 443,
                        deadline: .now() + .seconds(30), connected: connected)
                    connected.futureResult.assumeIsolated().whenComplete { result in
                        do {
                            try result.get()
                            try channel.pipeline.syncOperations.addHandlers(
                                NIOSSLClientHandler(context: context, serverHostname: "localhost"), SayHello(received: received))
                        } catch {
                            received.fail(error)
                        }
                    }
                    return channel.eventLoop.makeSucceededFuture(received.futureResult)
                }
                .get()
            #expect(received == "hello")
        }
    }

    /// Says that there is a tunnel, and is the server at its other end.
    private final class FakeProxy: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let tls: NIOSSLContext
        private var request = ""

        init(tls: NIOSSLContext) { self.tls = tls }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.request += String(buffer: self.unwrapInboundIn(data))
            guard self.request.hasSuffix("\r\n\r\n") else { return }
            let operations = context.pipeline.syncOperations
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "HTTP/1.0 200 Connection established\r\n\r\n")), promise: nil)
            #expect(throws: Never.self) { try operations.addHandlers(NIOSSLServerHandler(context: self.tls), EchoHandler()) }
            operations.removeHandler(context: context, promise: nil)
        }
    }

    private final class SayHello: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let received: EventLoopPromise<String>

        init(received: EventLoopPromise<String>) { self.received = received }

        func handlerAdded(context: ChannelHandlerContext) {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "hello")), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.received.succeed(String(buffer: self.unwrapInboundIn(data)))
            context.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            self.received.fail(error)
            context.close(promise: nil)
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            self.received.fail(ChannelError.ioOnClosedChannel)
        }
    }
}
