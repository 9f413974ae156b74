import ChatProtocol
import NIOCore
import NIOSSL
import Synchronization
import Testing

@testable import ChatTransport

/// What TLS has deciphered is counted like what the network brings.
@Suite(.timeLimit(.minutes(1)))
struct FloodOverTLSTests {
    private final class Counter: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let byteCount = Atomic(0)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.byteCount.add(self.unwrapInboundIn(data).readableBytes, ordering: .relaxed)
            context.fireChannelRead(data)
        }
    }

    @Test func afterAFailureItIsReadFromForAMomentOnly() async throws {
        let counter = Counter()
        let tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        try await withLoopbackServer({ channel in
            try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls.context), counter)
            _ = try WebSocketHandler.addToPipeline(
                of: channel, settings: WebSocketSettings(WebSocketConfiguration(), role: .server),
                loop: WebSocketLoop(eventLoop: channel.eventLoop))
        }) { port in
            try await TLSClient.connect(to: port) { client in
                try await client.send(WireFrame(0x1, [0xFF]).masked.bytes)
                let pings = Array(repeating: WireFrame(0x9, []).masked.bytes, count: 10_000).flatMap { $0 }
                // Until the server ends the connection.
                await #expect(throws: (any Error).self) { while true { try await client.send(pings) } }
            }
        }
        #expect((1...1_048_576).contains(counter.byteCount.load(ordering: .relaxed)))
    }
}
