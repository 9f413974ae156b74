import ChatProtocol
import NIOCore
import NIOHTTP1
import Testing

@testable import ChatTransport

/// How a connection can end, as both ends see it.
@Suite(.timeLimit(.minutes(1)))
struct EndingTests {
    struct HandlerFailure: Error {}

    /// The closures that a server's handlers saw.
    private final class Closures: Sendable {
        private let stream = AsyncStream<WebSocketClosure>.makeStream(bufferingPolicy: .bufferingNewest(100))

        @Sendable func handle(_ connection: WebSocketConnection) async throws {
            try await echo(connection)
            self.stream.continuation.yield(await connection.closure)
        }

        func next() async -> WebSocketClosure? {
            var iterator = self.stream.stream.makeAsyncIterator()
            return await iterator.next()
        }
    }

    @Test func aHandlerThatThrowsHarmsNobodyElse() async throws {
        try await withServer(handle: { connection in
            for try await message in connection.messages {
                if String(buffer: message.bytes) == "throw" { throw HandlerFailure() }
                try await connection.send(message)
            }
        }) { server in
            try await WebSocketClient.withConnection(to: server.url) { good in
                var messages = good.messages.makeAsyncIterator()
                for _ in 0..<10 {
                    try await WebSocketClient.withConnection(to: server.url) { bad in
                        try? await bad.send("throw")
                        let texts = try await bad.texts()
                        #expect(texts == [])
                        #expect(await bad.closure.code == .normalClosure)
                    }
                    try await good.send("still here")
                    #expect(try await messages.text() == "still here")
                }
            }
        }
    }

    @Test func thePeerVanishes() async throws {
        let closures = Closures()
        try await withServer(handle: closures.handle) { server in
            try await RawPeer.upgrade(to: server.port) { peer in
                try await peer.send(.text("a"))
                #expect(try await peer.frame() == .text("a"))
                peer.vanish()
            }
            #expect(await closures.next() == WebSocketClosure(code: .abnormalClosure, reason: ""))
        }
    }

    /// With a reset in place of an end.
    @Test func thePeersMachineForgets() async throws {
        let closures = Closures()
        try await withServer(handle: closures.handle) { server in
            try await RawPeer.upgrade(to: server.port) { peer in
                try await peer.reset()
            }
            #expect(await closures.next()?.code == .abnormalClosure)
        }
    }

    @Test func theServerVanishes() async throws {
        try await withRawServer { peer in
            let key = try await peer.head().split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.split(separator: " ")[1]
            let request = ClientHandshakeFixture.Request(
                line: "", fields: ["Sec-WebSocket-Key": String(key ?? ""), "Sec-WebSocket-Version": "13"])
            let head =
                "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: \(try request.accept())\r\n\r\n"
            try await peer.send(Array(head.utf8))
            #expect(try await peer.frame()?.text == "go")
            try await peer.send(WireFrame.text("a").bytes + WireFrame.text("half").bytes.dropLast())
        } _: { port in
            try await WebSocketClient.withConnection(to: "ws://127.0.0.1:\(port)/") { connection in
                try? await connection.send("go")
                let texts = try await connection.texts()
                #expect(texts == ["a"])
                #expect(await connection.closure == WebSocketClosure(code: .abnormalClosure, reason: ""))
            }
        }
    }

    /// To the server it is the same whether the peer had seen its close frame or not: both have sent one of their own.
    @Test func closeFramesThatCross() async throws {
        try await withServer(handle: { connection in
            try await connection.close(.init(rawValue: 4002), reason: "server")
            #expect(try await connection.texts() == [])
            #expect(await connection.closure == WebSocketClosure(code: .init(rawValue: 4003), reason: "client"))
        }) { server in
            try await RawPeer.upgrade(to: server.port) { peer in
                #expect(try await peer.frame() == .close(4002, "server"))
                try await peer.send(.close(4003, "client"))
                #expect(try await peer.frame() == nil)
            }
        }
    }

    /// Whoever comes first, each learns of a code and neither waits.
    @Test func bothCloseAtOnce() async throws {
        let codes: Set<UInt16> = [4002, 4003]
        try await withServer(
            { $0.webSocket.closeTimeout = .seconds(600) },
            handle: { connection in
                try? await connection.close(.init(rawValue: 4002), reason: "server")
                #expect(codes.contains(await connection.closure.code.rawValue))
            }
        ) { server in
            for _ in 0..<50 {
                try await WebSocketClient.withConnection(to: server.url) { connection in
                    try? await connection.close(.init(rawValue: 4003), reason: "client")
                    let texts = try await connection.texts()
                    #expect(texts == [])
                    #expect(codes.contains(await connection.closure.code.rawValue))
                }
            }
        }
    }

    /// At once, also where the writer has not heard of the end yet.
    @Test func nothingCanBeSentAfterTheEnd() async throws {
        try await withServer { server in
            for _ in 0..<20 {
                try await WebSocketClient.withConnection(to: server.url) { connection in
                    try await connection.close(.normalClosure)
                    _ = await connection.closure
                    let sending = await #expect(throws: WebSocketError.self) { try await connection.send("late") }
                    #expect(sending?.code == .closed)
                    let closing = await #expect(throws: WebSocketError.self) { try await connection.close() }
                    #expect(closing?.code == .closed)
                }
            }
        }
    }

    /// The close handshake waited for a handler that no longer read, until it was cut.
    @Test func aHandlerMayReturnWhileThePeerGoesOnSending() async throws {
        let returned = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withServer(
            { $0.webSocket.closeTimeout = .seconds(600) },
            handle: { connection in
                var messages = connection.messages.makeAsyncIterator()
                let first = try await messages.text()
                #expect(first == "0")
                for await _ in returned.stream {}
            }
        ) { server in
            try await RawPeer.upgrade(to: server.port) { peer in
                // More than is kept for a handler that does not take it.
                for number in 0..<200 { try await peer.send(.text("\(number)")) }
                returned.continuation.finish()
                #expect(try await peer.frame() == .close(1000))
                for _ in 0..<200 { try await peer.send(.text("more")) }
                try await peer.send(.close(1000))
                #expect(try await peer.frame() == nil)
            }
        }
    }

    @Test func aCancelledTaskClosesItsConnection() async throws {
        let closures = Closures()
        try await withServer(handle: closures.handle) { server in
            let url = server.url
            let opened = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            let task = Task {
                try await WebSocketClient.withConnection(to: url) { connection in
                    opened.continuation.finish()
                    _ = try await connection.texts()
                }
            }
            for await _ in opened.stream {}
            task.cancel()
            _ = try? await task.value
            #expect(await closures.next()?.code == .normalClosure)
        }
    }
}
