import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// Our client and our server, and raw peers, with permessage-deflate over sockets.
@Suite(.timeLimit(.minutes(2)))
struct CompressedLoopbackTests {
    /// What one end allows.
    private static func allowances() -> [WebSocketCompression] {
        var all: [WebSocketCompression] = []
        for serverTakesOver in [false, true] {
            for clientTakesOver in [false, true] {
                for (server, client) in [(15, 15), (9, 15), (15, 10), (8, 8)] {
                    var compression = WebSocketCompression()
                    compression.serverNoContextTakeover = !serverTakesOver
                    compression.clientNoContextTakeover = !clientTakesOver
                    compression.serverMaxWindowBits = server
                    compression.clientMaxWindowBits = client
                    compression.threshold = 10
                    all.append(compression)
                }
            }
        }
        return all
    }

    private static func texts() -> [String] {
        var generator = SeededGenerator(seed: 3)
        let words = ["a", "hello", "Grüße", "👋", "again", "and", "again"]
        return (0..<12).map { number in
            (0..<(number == 7 ? 2000 : 3 * number)).map { _ in words.randomElement(using: &generator)! }.joined(separator: " ")
        } + ["", "short", String(repeating: "x", count: 9), String(repeating: "x", count: 10)]
    }

    @Test(arguments: allowances().indices) func inAllCombinations(_ index: Int) async throws {
        let texts = Self.texts()
        try await withServer({ $0.webSocket.compression = Self.allowances()[index] }) { server in
            for compression in Self.allowances() {
                var configuration = WebSocketClientConfiguration()
                configuration.webSocket.compression = compression
                try await WebSocketClient.withConnection(to: server.url, configuration: configuration) { connection in
                    var iterator = connection.messages.makeAsyncIterator()
                    for text in texts {
                        try await connection.send(text)
                        #expect(try await iterator.text() == text)
                    }
                    try await connection.send(WebSocketMessage(.binary, ByteBuffer(bytes: Array(repeating: 0xFF, count: 1000))))
                    #expect(try await iterator.next()?.bytes == ByteBuffer(bytes: Array(repeating: 0xFF, count: 1000)))
                }
            }
        }
    }

    @Test(arguments: [(true, false), (false, true), (false, false)]) func whereOnlyOneEndCan(_ server: Bool, _ client: Bool) async throws {
        let text = String(repeating: "hello ", count: 200)
        try await withServer({ $0.webSocket.compression = server ? WebSocketCompression() : nil }) { server in
            var configuration = WebSocketClientConfiguration()
            configuration.webSocket.compression = client ? WebSocketCompression() : nil
            try await WebSocketClient.withConnection(to: server.url, configuration: configuration) { connection in
                var iterator = connection.messages.makeAsyncIterator()
                try await connection.send(text)
                #expect(try await iterator.text() == text)
            }
        }
    }

    @Test func theThreshold() async throws {
        try await withServer({ $0.webSocket.compression = WebSocketCompression() }) { server in
            let peer = try await WirePeer.upgrade(to: server.port, extensions: "permessage-deflate")
            let wire = DeflateWire()
            for count in [0, 255, 256, 257] {
                let payload = Array(repeating: UInt8(ascii: "x"), count: count)
                peer.send(WireFrame(1, payload))
                let frame = try #require(try await peer.frame())
                #expect(frame.reserved == (count >= 256 ? 4 : 0))
                let bytes = try frame.reserved == 4 ? wire.inflate(frame.payload) : frame.payload
                #expect(bytes == payload)
            }
            peer.vanish()
        }
    }

    /// With its context a message that was there before takes next to nothing; without, as much as at first.
    @Test(arguments: [false, true]) func theServersContext(_ takesOver: Bool) async throws {
        var compression = WebSocketCompression()
        compression.serverNoContextTakeover = !takesOver
        try await withServer({ $0.webSocket.compression = compression }) { server in
            let peer = try await WirePeer.upgrade(to: server.port, extensions: "permessage-deflate")
            let wire = DeflateWire(takesOverContext: takesOver)
            var generator = SeededGenerator(seed: 1)
            let payload = (0..<2000).map { _ in UInt8.random(in: 0x20...0x7E, using: &generator) }
            var counts: [Int] = []
            for _ in 0..<3 {
                peer.send(WireFrame(1, payload))
                let frame = try #require(try await peer.frame())
                counts.append(frame.payload.count)
                #expect(try wire.inflate(frame.payload) == payload)
            }
            #expect(counts[1] == counts[2])
            if takesOver { #expect(counts[1] < 100) } else { #expect(counts[1] == counts[0]) }
            peer.vanish()
        }
    }

    @Test func fragmentsCutWithPingsBetween() async throws {
        try await withServer({ $0.webSocket.compression = WebSocketCompression() }) { server in
            let peer = try await WirePeer.upgrade(to: server.port, extensions: "permessage-deflate")
            let wire = DeflateWire()
            let text = String(repeating: "Grüße 👋 ", count: 100)
            let frames = wire.frames(1, text.utf8, by: 13)
            let bytes = frames.flatMap { [$0, WireFrame(9, [3])] }.flatMap(\.masked.bytes)
            for byte in bytes { peer.send([byte]) }
            var received: [WireFrame] = []
            for _ in 0...frames.count { received.append(try #require(try await peer.frame())) }
            #expect(received.filter { $0.opcode == 10 } == frames.map { _ in WireFrame(10, [3]) })
            let answer = try #require(received.first { $0.opcode == 1 })
            #expect(try wire.inflate(answer.payload) == Array(text.utf8))
            peer.vanish()
        }
    }

    @Test func whatCannotBeDecompressedClosesWith1007() async throws {
        try await withServer({ $0.webSocket.compression = WebSocketCompression() }) { server in
            let peer = try await WirePeer.upgrade(to: server.port, extensions: "permessage-deflate")
            var frame = WireFrame(1, [0xFF, 0xFF])
            frame.reserved = 4
            peer.send(frame)
            #expect(try await peer.frame()?.closeCode == 1007)
            peer.send(.close(1007))
            #expect(try await peer.rest() == [])
        }
    }
}
