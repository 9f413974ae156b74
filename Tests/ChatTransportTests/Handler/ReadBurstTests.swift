import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// When a stream ends, SwiftNIO reads all that is left of it in one turn of the loop, whoever has paused reading.
struct ReadBurstTests {
    private static let message = WireFrame(0x2, [1]).masked.bytes

    private static func messages(_ count: Int) -> [UInt8] { Array(repeating: self.message, count: count).flatMap { $0 } }

    @Test func aPeerIsCutThatHasTooMuchReadInOneTurn() throws {
        let subject = try HandlerFixture()
        subject.handler.pauseReading()
        for _ in 0..<4 { try subject.receive(bytes: Self.messages(8192)) }
        #expect(subject.channel.isActive)
        try subject.receive(bytes: Self.message)
        #expect(try subject.end().code == .abnormalClosure)
        #expect(try subject.delivered().count == 32_768)
    }

    /// A server may have said much before it went, and a client that is behind is to get it all.
    @Test func aServerIsNot() throws {
        let subject = try HandlerFixture(.client)
        for _ in 0..<5 {
            try subject.receive(bytes: Array(repeating: WireFrame(0x2, [1]).bytes, count: 8192).flatMap { $0 })
        }
        #expect(subject.channel.isActive)
        #expect(try subject.delivered().count == 40_960)
    }

    @Test func anotherTurnIsAnother() throws {
        let subject = try HandlerFixture()
        for _ in 0..<20 {
            try subject.receive(bytes: Self.messages(8192))
            subject.endTick()
        }
        #expect(subject.channel.isActive)
        #expect(try subject.delivered().count == 163_840)
    }

    /// Who answers each message had all the answers in memory until the turn was over.
    @Test(.timeLimit(.minutes(1))) func answersDoNotAllWaitForTheEndOfTheTurn() async throws {
        let text = String(repeating: "x", count: 1000)
        try await FanOutServer.with { server in
            let peer = try await server.join("0")
            let most = try await server.run { state in
                var most = 0
                for _ in 0..<1000 {
                    state["0"].post(text)
                    most = max(most, state["0"].handler.output.outbox?.readableBytes ?? 0)
                }
                return most
            }
            #expect((200_000...300_000).contains(most))
            for _ in 0..<1000 { #expect(try await peer.text() == text) }
        }
    }

    /// What is left in a socket is read then and there when a write finds it broken.
    private final class BrokenSocket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var left: [ByteBuffer] = []

        func flush(context: ChannelHandlerContext) {
            context.flush()
            while !self.left.isEmpty {
                context.fireChannelRead(NIOAny(self.left.removeFirst()))
                context.fireChannelReadComplete()
            }
        }
    }

    private final class Writer: ChannelInboundHandler {
        typealias InboundIn = WebSocketMessage

        var texts: [String] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.texts.append(String(buffer: self.unwrapInboundIn(data).bytes))
            context.writeAndFlush(NIOAny(WebSocketMessage(.text, ByteBuffer(string: "answer"))), promise: nil)
        }
    }

    /// The middle of a frame was taken for a header.
    @Test func whatAWriteBringsComesBehindWhatIsBeingRead() throws {
        let writer = Writer()
        let subject = try HandlerFixture(above: writer)
        let socket = BrokenSocket()
        try subject.channel.pipeline.syncOperations.addHandler(socket, position: .first)
        let bytes = ["a", "b", "c", "d", "e"].flatMap { WireFrame(0x1, Array($0.utf8)).masked.bytes }
        // Cut within frames.
        socket.left = [ByteBuffer(bytes: bytes[17..<24]), ByteBuffer(bytes: bytes[24...])]
        try subject.receive(bytes: bytes[..<17])
        #expect(writer.texts == ["a", "b", "c", "d", "e"])
        #expect(subject.channel.isActive)
    }
}
