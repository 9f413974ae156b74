import ChatProtocol
import ChatTesting
import NIOCore
import NIOSSL
import Testing

@testable import ChatTransport

/// Members of one room that are sent different bytes get the same texts.
@Suite(.timeLimit(.minutes(1)))
struct MixedRoomTests {
    private static let extensions: [String?] = [
        nil, "permessage-deflate; server_no_context_takeover", "permessage-deflate",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=9", nil,
        "permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_no_context_takeover",
    ]

    private static func compression(_ configuration: inout WebSocketServerConfiguration) {
        var compression = WebSocketCompression()
        compression.serverNoContextTakeover = false
        configuration.webSocket.compression = compression
        configuration.webSocket.maximumOutboundBytes = 16 * 1024 * 1024
    }

    private static func texts(seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let words = ["hello", "there", "Grüße", "👋", "chat", "message", "room", "again"]
        return (0..<150).map { number in
            let count = number % 10 == 0 ? 800 : Int.random(in: 0..<120, using: &generator)
            return "\(number) " + (0..<count).map { _ in words.randomElement(using: &generator)! }.joined(separator: " ")
        }
    }

    private static func takesOver(_ extensions: String?) -> Bool { extensions.map { !$0.contains("server_no_context") } ?? false }

    @Test(arguments: [false, true]) func everyKindGetsTheSameTexts(_ isSecure: Bool) async throws {
        let client = try isSecure ? NIOSSLContext(configuration: TestCertificate.clientConfiguration()) : nil
        try await FanOutServer.with {
            Self.compression(&$0)
            if isSecure { $0.tls = try ServerTLS(TestCertificate.serverConfiguration()) }
        } _: { server in
            var peers: [CompressedPeer] = []
            for (index, extensions) in Self.extensions.enumerated() {
                let peer = try await WirePeer.upgrade(to: server.port, path: "/\(index)", extensions: extensions, tls: client)
                peers.append(CompressedPeer(peer, takesOverContext: Self.takesOver(extensions)))
                try await server.run { $0.a.add($0[String(index)].handler) }
            }
            let texts = Self.texts(seed: 1)
            for start in stride(from: 0, to: texts.count, by: 7) {
                try await server.run { state in
                    for (index, text) in texts[start..<min(start + 7, texts.count)].enumerated() {
                        state.publish(text)
                        // Replies share the windows of who has one of its own.
                        if index == 3 { for name in Self.extensions.indices { state[String(name)].post("reply \(text)") } }
                    }
                }
            }
            let expected = texts.enumerated().flatMap { $0.offset % 7 == 3 ? [$0.element, "reply \($0.element)"] : [$0.element] }
            for (peer, extensions) in zip(peers, Self.extensions) {
                for text in expected {
                    let frame = try #require(try await peer.frame())
                    #expect(frame.text == text)
                    #expect(frame.reserved == (extensions != nil && text.utf8.count >= 256 ? 4 : 0))
                }
            }
            for (index, extensions) in Self.extensions.enumerated() {
                // TLS needs all bytes to pass through the channel; who has a window of its own is asked each time.
                let isDirect = try await server.run { $0[String(index)].handler.output.descriptor >= 0 }
                #expect(isDirect == !isSecure)
                if !Self.takesOver(extensions) { #expect(try await server.isDirect(String(index)) == !isSecure) }
            }
        }
    }

    /// All who have the same window are sent the very same bytes.
    @Test func aBroadcastIsCompressedOnce() async throws {
        try await FanOutServer.with(Self.compression) { server in
            var peers: [WirePeer] = []
            let offer = "permessage-deflate; server_no_context_takeover"
            for index in 0..<5 { peers.append(try await server.join("\(index)", extensions: offer)) }
            let isShared = try await server.run { state in
                let message = EncodedMessage(.text, payload: Array(String(repeating: "hello ", count: 500).utf8))
                let key = DeflaterPool.Key(windowBits: 15, memoryLevel: 5, level: 1)
                let first = message.frame(compressedBy: key, threshold: 256, deflaters: state.loop.deflaters)
                state.publish(message)
                let second = message.frame(compressedBy: key, threshold: 256, deflaters: DeflaterPool())
                #expect(state["0"].handler.output.memberships[0].group.pending == first)
                // The storage too.
                return first.withUnsafeReadableBytes { first in second.withUnsafeReadableBytes { $0.baseAddress == first.baseAddress } }
            }
            #expect(isShared)
            let first = try await peers[0].frame()
            #expect(first?.reserved == 4)
            #expect(first?.payload.count ?? .max < 100)
            for peer in peers.dropFirst() { #expect(try await peer.frame() == first) }
        }
    }

    @Test func oneMessageForEachWindow() {
        let message = EncodedMessage(.text, payload: Array(String(repeating: "hello ", count: 500).utf8))
        let pool = DeflaterPool()
        let plain = message.frame(compressedBy: .init(windowBits: 15, memoryLevel: 5, level: 1), threshold: 3001, deflaters: pool)
        #expect(plain == message.frame)
        let wide = message.frame(compressedBy: .init(windowBits: 15, memoryLevel: 5, level: 1), threshold: 3000, deflaters: pool)
        let narrow = message.frame(compressedBy: .init(windowBits: 8, memoryLevel: 5, level: 1), threshold: 3000, deflaters: pool)
        #expect(wide.readableBytes < plain.readableBytes)
        #expect(wide != narrow)
    }
}
