import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// The codes with which either end closes, as the other one sees them.
@Suite(.timeLimit(.minutes(1)))
struct ClientCloseTests {
    private static let codes: [UInt16] = [1000, 1001, 1003, 1007, 1008, 1009, 1011, 3000, 3999, 4001, 4008, 4999]

    @Test(arguments: codes) func theClientCloses(_ code: UInt16) async throws {
        let closures = AsyncStream<WebSocketClosure>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withServer(handle: { connection in
            let texts = try await connection.texts()
            #expect(texts == ["last"])
            closures.continuation.yield(await connection.closure)
        }) { server in
            try await WebSocketClient.withConnection(to: server.url) { connection in
                try await connection.send("last")
                try await connection.close(.init(rawValue: code), reason: "why")
                let texts = try await connection.texts()
                #expect(texts == [])
                // The server answers with the code.
                #expect(await connection.closure == WebSocketClosure(code: .init(rawValue: code), reason: ""))
            }
            var iterator = closures.stream.makeAsyncIterator()
            #expect(await iterator.next() == WebSocketClosure(code: .init(rawValue: code), reason: "why"))
        }
    }

    @Test(arguments: codes) func theServerCloses(_ code: UInt16) async throws {
        try await withServer(handle: { connection in
            try await connection.send("last")
            try await connection.close(.init(rawValue: code), reason: "why")
            let texts = try await connection.texts()
            #expect(texts == [])
            #expect(await connection.closure.code == .init(rawValue: code))
        }) { server in
            try await WebSocketClient.withConnection(to: server.url) { connection in
                let texts = try await connection.texts()
                #expect(texts == ["last"])
                #expect(await connection.closure == WebSocketClosure(code: .init(rawValue: code), reason: "why"))
                await #expect(throws: WebSocketError.self) { try await connection.send("too late") }
            }
        }
    }

    /// In place of a code that may not be sent there is none.
    @Test(arguments: [1005, 1006, 1015, 0, 999, 2999, 5000] as [UInt16]) func aCodeThatMayNotBeSent(_ code: UInt16) async throws {
        try await withRawServer { peer in
            try await Self.upgrade(peer)
            #expect(try await peer.frame()?.payload == [])
            try await peer.send(WireFrame.close(nil).bytes)
        } _: { port in
            try await WebSocketClient.withConnection(to: "ws://127.0.0.1:\(port)/") { connection in
                try await connection.close(.init(rawValue: code))
                let texts = try await connection.texts()
                #expect(texts == [])
                #expect(await connection.closure.code == .noStatusReceived)
            }
        }
    }

    @Test func aServerThatDoesNotAnswerIsLeft() async throws {
        var configuration = WebSocketClientConfiguration()
        configuration.webSocket.closeTimeout = .milliseconds(50)
        try await withRawServer { peer in
            try await Self.upgrade(peer)
            #expect(try await peer.frame()?.closeCode == 1000)
            await peer.end()
        } _: { port in
            try await WebSocketClient.withConnection(to: "ws://127.0.0.1:\(port)/", configuration: configuration) { connection in
                try await connection.close()
                #expect(await connection.closure.code == .abnormalClosure)
            }
        }
    }

    /// It waited until the peer read on, and if that took too long, the peer heard another reason.
    @Test func doesNotWaitForAPeerThatDoesNotRead() async throws {
        let subject = try await ClientHandshakeFixture()
        try await subject.answer(to: subject.request())
        try await subject.upgraded().run { connection in
            try await subject.channel.testingEventLoop.executeInContext { [channel = subject.channel] in
                channel.isWritable = false
                channel.pipeline.fireChannelWritabilityChanged()
            }
            let sending = Task { try await connection.send("waits") }
            try await connection.close(.policyViolation, reason: "why")
            let frames = try await subject.channel.waitForOutboundWrite(as: ByteBuffer.self)
            #expect(WireFrame.all(in: frames.readableBytesView)?.map(\.unmasked) == [.close(1008, "why")])
            try await subject.answer("", then: WireFrame.close(1008).bytes)
            #expect(await connection.closure.code == .policyViolation)
            await #expect(throws: WebSocketError.self) { try await sending.value }
        }
    }

    /// It seemed to have been sent.
    @Test func nothingCanBeSentWhileItCloses() async throws {
        let subject = try await ClientHandshakeFixture()
        try await subject.answer(to: subject.request())
        try await subject.upgraded().run { connection in
            try await connection.send("sent")
            try await connection.close()
            await #expect(throws: WebSocketError.self) { try await connection.send("late") }
            try await subject.answer("", then: WireFrame.close(1000).bytes)
            #expect(await connection.closure.code == .normalClosure)
        }
    }

    /// Nothing listens any more, and nobody has said so: a ping without an answer tells.
    @Test func aServerThatDoesNotAnswerAPingIsLeft() async throws {
        var configuration = WebSocketClientConfiguration()
        configuration.webSocket.pingInterval = .milliseconds(20)
        configuration.webSocket.pongTimeout = .milliseconds(20)
        try await withRawServer { peer in
            try await Self.upgrade(peer)
            #expect(try await peer.frame()?.opcode == 9)
            await peer.end()
        } _: { port in
            try await WebSocketClient.withConnection(to: "ws://127.0.0.1:\(port)/", configuration: configuration) { connection in
                let texts = try await connection.texts()
                #expect(texts == [])
                #expect(await connection.closure.code == .abnormalClosure)
            }
        }
    }

    private static func upgrade(_ peer: RawPeer) async throws {
        let head = try await peer.head()
        let key = try #require(head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("sec-websocket-key: ") }).dropFirst(19)
        let accept = ChatTransport.HandshakeResponse.acceptValue(key: String(key))
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
        try await peer.send(Array(answer.utf8))
    }
}
