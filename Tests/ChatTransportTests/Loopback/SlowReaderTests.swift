import ChatProtocol
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct SlowReaderTests {
    /// The connections of a server, for the test to send to.
    private final class Members: Sendable {
        private struct Member: Sendable {
            let channel: any Channel
            let handler: NIOLoopBound<WebSocketHandler>
        }

        private let members = Mutex<[Member]>([])

        @Sendable func answer(_ request: WebSocketUpgradeRequest) -> WebSocketUpgradeAnswer {
            .accept(subprotocol: nil, headers: [:]) { channel, handler in
                try channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: 65_536)
                let member = Member(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
                self.members.withLock { $0.append(member) }
            }
        }

        /// Sends to everybody, as a broadcast does, and returns when it is handed over.
        func send(_ message: EncodedMessage) async throws {
            for member in self.members.withLock({ $0 }) {
                try await member.channel.eventLoop.submit {
                    member.handler.value.post(message, now: .now())
                    member.handler.value.flushNow()
                }.get()
            }
        }

        /// How much waits to be sent to the slowest, at most.
        func waitingBytes() async throws -> Int {
            var most = 0
            for member in self.members.withLock({ $0 }) where member.channel.isActive {
                most = max(most, try await member.channel.getOption(.bufferedWritableBytes).get())
            }
            return most
        }
    }

    /// Many times what the system keeps for a socket and the limit together.
    @Test func isClosedWhileAnotherGoesOn() async throws {
        let members = Members()
        var configuration = WebSocketServerConfiguration()
        configuration.webSocket.closeTimeout = .seconds(600)
        let acceptor = WebSocketAcceptor(
            configuration: configuration, loops: WebSocketLoops(), decide: .immediate { members.answer($0) })
        let server = try await WebSocketServer.listen(
            on: .hostname("127.0.0.1", port: 0), acceptor: acceptor, eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let payload = Array(repeating: UInt8(0x78), count: 65_536)
        let message = EncodedMessage(.text, payload: payload)
        let count = 100

        try await RawPeer.upgrade(to: server.port) { slow in
            try await RawPeer.upgrade(to: server.port) { fast in
                // A server that answers a ping has let the peer in, which it does right behind its answer to the handshake.
                for peer in [slow, fast] {
                    try await peer.send(WireFrame(9, []))
                    #expect(try await peer.frame() == WireFrame(10, []))
                }
                for _ in 0..<count {
                    try await members.send(message)
                    let received = try await fast.frame()
                    #expect(received?.payload.count == payload.count)
                    #expect(try await members.waitingBytes() <= 1024 * 1024 + 2 * message.frame.readableBytes)
                }
                // Now it reads, and finds what was sent before it was given up.
                var received = 0
                var last: WireFrame?
                while last == nil {
                    let frame = try #require(try await slow.frame())
                    if frame.opcode == 8 { last = frame } else { received += 1 }
                }
                #expect(last == .close(4008, "too slow to read"))
                #expect(received > 0 && received < count)
                try await slow.send(.close(4008))
                #expect(try await slow.frame() == nil)

                try await members.send(message)
                #expect(try await fast.frame()?.payload.count == payload.count)
                try await fast.send(.close(1000))
                #expect(try await fast.frame() == .close(1000))
            }
        }
        await server.drain()
    }

    /// A handler that sends faster than its peer reads is held up in place of closed.
    @Test func holdsUpTheHandlerThatSendsToIt() async throws {
        let text = String(repeating: "x", count: 65_536)
        let count = 200
        try await withServer(
            { $0.webSocket.maximumOutboundBytes = 256 * 1024 },
            handle: { connection in
                for _ in 0..<count { try await connection.send(text) }
            }
        ) { server in
            try await RawPeer.upgrade(to: server.port) { peer in
                // Begins to read only when the handler is as far as it gets.
                try await peer.send(WireFrame(9, Array("?".utf8)))
                var received = 0
                while let frame = try await peer.frame(), frame.opcode != 8 { if frame.opcode == 1 { received += 1 } }
                #expect(received == count)
                try await peer.send(.close(1000))
            }
        }
    }

    /// It waited for as long as the peer sent anything, or was not listened to.
    @Test func whoSendsToAPeerThatNeverReadsIsNotHeldForEver() async throws {
        var configuration = WebSocketServerConfiguration()
        configuration.webSocket.sendTimeout = .milliseconds(200)
        configuration.webSocket.closeTimeout = .milliseconds(100)
        let (failures, failed) = AsyncStream.makeStream(of: (any Error).self, bufferingPolicy: .bufferingNewest(1))
        let server = try await WebSocketServer.listen(
            on: .hostname("127.0.0.1", port: 0), configuration: configuration, logger: Logger(label: "test"), decide: { _ in .accept() }
        ) { connection in
            let text = String(repeating: "x", count: 65_536)
            do {
                while true { try await connection.send(text) }
            } catch {
                failed.yield(error)
            }
        }
        try await RawPeer.upgrade(to: server.port) { _ in
            var iterator = failures.makeAsyncIterator()
            let error = await iterator.next() as? WebSocketError
            #expect(error?.code == .closed)
        }
        await server.drain()
    }
}
