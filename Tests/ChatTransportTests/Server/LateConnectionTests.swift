import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A connection that was accepted before the server went down, and is set up afterwards.
struct LateConnectionTests {
    private static func acceptor() -> WebSocketAcceptor {
        var configuration = WebSocketServerConfiguration()
        configuration.handshakeTimeout = .seconds(10)
        return WebSocketAcceptor(
            configuration: configuration, loops: WebSocketLoops(),
            decide: .immediate { _ in .accept(subprotocol: nil, headers: [:]) { _, _ in } })
    }

    private static func connect(_ acceptor: WebSocketAcceptor, on loop: NIOAsyncTestingEventLoop) async throws -> NIOAsyncTestingChannel {
        let channel = NIOAsyncTestingChannel(loop: loop)
        try await loop.executeInContext { try acceptor.accept(channel, isAlone: false) }
        try? await channel.connect(to: SocketAddress(ipAddress: "192.0.2.7", port: 4711)).get()
        await loop.run()
        return channel
    }

    /// It stayed open for ever, and so did the drain: it was ended before there was anything to end.
    @Test func afterTheCutItIsEnded() async throws {
        let acceptor = Self.acceptor()
        let loop = NIOAsyncTestingEventLoop()
        let first = try await Self.connect(acceptor, on: loop)
        #expect(first.isActive)
        acceptor.cut()
        await loop.run()
        #expect(!first.isActive)
        let late = try await Self.connect(acceptor, on: loop)
        await loop.advanceTime(by: .seconds(20))
        #expect(!late.isActive)
        #expect(acceptor.connectionCount == 0)
    }

    /// The same on an event loop that had no connection before.
    @Test func afterTheCutOnAnotherLoop() async throws {
        let acceptor = Self.acceptor()
        acceptor.cut()
        let loop = NIOAsyncTestingEventLoop()
        let late = try await Self.connect(acceptor, on: loop)
        #expect(!late.isActive)
        #expect(acceptor.connectionCount == 0)
    }
}
