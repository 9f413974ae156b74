import ChatProtocol
import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import ChatTransport

/// A drain finds connections in every state.
@Suite(.timeLimit(.minutes(1)))
struct DrainStateTests {
    @Test func everyStateAtOnce() async throws {
        let held = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let deciding = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withServer {
            $0.drainTimeout = .milliseconds(300)
            $0.handshakeTimeout = .seconds(600)
            $0.webSocket.closeTimeout = .seconds(600)
        } decide: { request in
            if request.path == "/no" { return .reject(status: .notFound) }
            if request.path == "/wait" {
                deciding.continuation.finish()
                for await _ in held.stream {}
            }
            return .accept()
        } _: { server in
            let silent = try await WirePeer.connect(to: server.port)
            let half = try await WirePeer.connect(to: server.port)
            half.send(Array("GET / HTTP/1.1\r\nHost: ".utf8))
            let waiting = try await WirePeer.connect(to: server.port)
            waiting.ask { $0.line = "GET /wait HTTP/1.1" }
            for await _ in deciding.stream {}
            let refused = try await WirePeer.connect(to: server.port)
            refused.ask { $0.line = "GET /no HTTP/1.1" }
            #expect(try await refused.status() == 404)
            let open = try await WirePeer.upgrade(to: server.port)
            let stuck = try await WirePeer.upgrade(to: server.port)
            while server.connectionCount < 5 { try await open.channel.eventLoop.submit {}.get() }

            async let drained: Void = server.drain()
            for peer in [silent, half, waiting, refused] { #expect(try await peer.end() == []) }
            #expect(try await open.frame() == .close(1001, "Going away"))
            open.send(.close(1001))
            #expect(try await open.rest() == [])
            // This one does not answer, and is cut.
            #expect(try await stuck.rest() == [.close(1001, "Going away")])
            await drained
            #expect(server.connectionCount == 0)
            // The decision comes too late.
            held.continuation.finish()
        }
    }

    /// Who keeps its connection open to finish something is not told, and is cut in the end.
    @Test func aDelegateThatHasSomethingToFinish() async throws {
        final class Busy: WebSocketDelegate {
            let asked: AsyncStream<Void>.Continuation

            init(_ asked: AsyncStream<Void>.Continuation) { self.asked = asked }

            func webSocketReceived(_ message: WebSocketMessage) {}

            func webSocketShouldQuiesce() -> Bool {
                self.asked.finish()
                return true
            }

            func webSocketClosed() {}
        }

        let asked = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        var configuration = WebSocketServerConfiguration()
        configuration.drainTimeout = .milliseconds(50)
        let acceptor = WebSocketAcceptor(
            configuration: configuration, loops: WebSocketLoops(),
            decide: .immediate { _ in .accept(subprotocol: nil, headers: [:]) { $1.delegate = Busy(asked.continuation) } })
        let server = try await WebSocketServer.listen(
            on: .hostname("127.0.0.1", port: 0), acceptor: acceptor, eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let peer = try await WirePeer.upgrade(to: server.port)
        async let drained: Void = server.drain()
        for await _ in asked.stream {}
        #expect(try await peer.rest() == [])
        await drained
    }
}
