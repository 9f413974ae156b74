import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct EchoTests {
    private static func message(_ kind: WebSocketMessage.Kind, _ length: Int) -> WebSocketMessage {
        WebSocketMessage(kind, ByteBuffer(bytes: (0..<length).map { UInt8(kind == .text ? 0x20 + $0 % 90 : $0 % 256) }))
    }

    @Test(arguments: [WebSocketMessage.Kind.text, .binary]) func everyLengthBothWays(_ kind: WebSocketMessage.Kind) async throws {
        try await withServer({ $0.webSocket.maximumFrameBytes = 131_072 }) { server in
            try await WebSocketClient.withConnection(to: server.url) { connection in
                var iterator = connection.messages.makeAsyncIterator()
                for length in [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 131_072] {
                    try await connection.send(Self.message(kind, length))
                    #expect(try await iterator.next() == Self.message(kind, length))
                }
                try await connection.close(.normalClosure, reason: "done")
                #expect(try await iterator.next() == nil)
                #expect(await connection.closure.code == .normalClosure)
            }
        }
    }

    @Test func theLongestFrameAndOneByteMore() async throws {
        try await withServer { server in
            try await WebSocketClient.withConnection(to: server.url) { connection in
                var iterator = connection.messages.makeAsyncIterator()
                try await connection.send(Self.message(.text, 32_768))
                #expect(try await iterator.next() == Self.message(.text, 32_768))
                try? await connection.send(Self.message(.text, 32_769))  // May be refused before it returns.
                #expect(try await iterator.next() == nil)
                #expect(await connection.closure.code == .messageTooBig)
            }
        }
    }

    /// It is refused at its first bytes, and the code arrives all the same, however much follows.
    @Test func aFrameFarTooLong() async throws {
        var configuration = WebSocketClientConfiguration()
        configuration.webSocket.maximumOutboundBytes = 16 * 1024 * 1024
        try await withServer { server in
            try await WebSocketClient.withConnection(to: server.url, configuration: configuration) { connection in
                try? await connection.send(Self.message(.binary, 2 * 1024 * 1024))
                let texts = try await connection.texts()
                #expect(texts == [])
                #expect(await connection.closure.code == .messageTooBig)
            }
        }
    }

    @Test func aClientHasALimitToo() async throws {
        var configuration = WebSocketClientConfiguration()
        configuration.webSocket.maximumFrameBytes = 100
        try await withServer(handle: { connection in
            try await connection.send(Self.message(.text, 100))
            try? await connection.send(Self.message(.text, 101))
            #expect(try await connection.texts() == [])
            #expect(await connection.closure.code == .messageTooBig)
        }) { server in
            try await WebSocketClient.withConnection(to: server.url, configuration: configuration) { connection in
                let texts = try await connection.texts()
                #expect(texts.map(\.utf8.count) == [100])
            }
        }
    }

    @Test func fragments() async throws {
        try await withServer { server in
            try await RawPeer.upgrade(to: server.port) { peer in
                let bytes = Array("Grüße 👋".utf8)
                try await peer.send(WireFrame(1, bytes.prefix(3), fin: false))
                try await peer.send(WireFrame(9, Array("?".utf8)))
                #expect(try await peer.frame() == WireFrame(10, Array("?".utf8)))
                try await peer.send(WireFrame(0, [], fin: false), WireFrame(0, bytes.dropFirst(3)))
                #expect(try await peer.frame() == .text("Grüße 👋"))

                // Up to the limit of a message, in frames of the longest kind.
                let part = Array(repeating: UInt8(7), count: 32_768)
                try await peer.send(
                    WireFrame(2, part, fin: false), WireFrame(0, part, fin: false), WireFrame(0, part, fin: false), WireFrame(0, part))
                #expect(try await peer.frame() == WireFrame(2, part + part + part + part))
                try await peer.send(
                    WireFrame(2, part, fin: false), WireFrame(0, part, fin: false), WireFrame(0, part, fin: false),
                    WireFrame(0, part, fin: false), WireFrame(0, [1]))
                #expect(try await peer.frame()?.closeCode == 1009)
                try await peer.send(.close(1009))
                #expect(try await peer.frame() == nil)
            }
        }
    }

    @Test func manyConnectionsAtOnce() async throws {
        try await withServer(decide: { .accept(subprotocol: $0.subprotocols.first) }) { server in
            let url = server.url
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<100 {
                    group.addTask {
                        var configuration = WebSocketClientConfiguration()
                        configuration.subprotocols = ["p\(client)"]
                        try await WebSocketClient.withConnection(to: url, configuration: configuration) { connection in
                            #expect(connection.subprotocol == "p\(client)")
                            var iterator = connection.messages.makeAsyncIterator()
                            for number in 0..<20 { try await connection.send("\(client).\(number)") }
                            for number in 0..<20 {
                                #expect(try await iterator.text() == "\(client).\(number)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
