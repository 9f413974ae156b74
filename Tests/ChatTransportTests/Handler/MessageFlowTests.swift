import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

struct MessageFlowTests {
    @Test(arguments: bothRoles) func deliversInOrderHoweverTheBytesArrive(_ role: Role) throws {
        let texts = (0..<50).map { "message \($0) " + String(repeating: "x", count: $0 * 7) }
        let bytes = texts.flatMap { text in
            (role == .server ? WireFrame.text(text).masked : .text(text)).bytes
        }
        for step in [1, 2, 7, 100, bytes.count] {
            let subject = try HandlerFixture(role)
            for start in stride(from: 0, to: bytes.count, by: step) {
                try subject.receive(bytes: bytes[start..<min(start + step, bytes.count)])
            }
            #expect(try subject.delivered() == texts)
            #expect(subject.channel.isActive)
        }
    }

    @Test(arguments: bothRoles) func sendsInOrder(_ role: Role) throws {
        let subject = try HandlerFixture(role)
        for text in ["a", "", "b"] { try subject.send(text).wait() }
        let binary = WebSocketMessage(.binary, ByteBuffer(bytes: [0, 255]))
        try subject.channel.writeAndFlush(binary).wait()
        #expect(try subject.sent() == [.text("a"), .text(""), .text("b"), WireFrame(2, [0, 255])])
    }

    /// A message's buffer may be in use elsewhere; the mask must not show there.
    @Test func aClientDoesNotMaskInPlace() throws {
        let subject = try HandlerFixture(.client)
        let buffer = ByteBuffer(string: "shared")
        try subject.channel.writeAndFlush(WebSocketMessage(.text, buffer)).wait()
        #expect(String(buffer: buffer) == "shared")
        #expect(try subject.sent() == [.text("shared")])
    }

    @Test func whatIsPostedGoesWhenTheTickEnds() throws {
        let subject = try HandlerFixture(.server)
        subject.post("a")
        subject.post("a")
        #expect(try subject.sent() == [])
        subject.endTick()
        #expect(try subject.sent() == [.text("a"), .text("a")])
    }

    @Test(arguments: bothRoles) func pingsAreAnswered(_ role: Role) throws {
        let subject = try HandlerFixture(role)
        try subject.receive(WireFrame(9, Array("Hello".utf8)))
        try subject.receive(WireFrame(9, Array(repeating: 1, count: 125)))
        try subject.receive(WireFrame(10, []))
        subject.endTick()
        #expect(try subject.sent() == [WireFrame(10, Array("Hello".utf8)), WireFrame(10, Array(repeating: 1, count: 125))])
        #expect(try subject.delivered() == [])
    }

    /// RFC 6455 section 5.5.3: the latest is enough. Who sends a few gets an answer to each.
    @Test func ofManyPingsOfOneReadTheLatestIsAnswered() throws {
        let subject = try HandlerFixture(.server)
        try subject.receive(bytes: (0..<100).flatMap { WireFrame(9, [$0]).masked.bytes })
        subject.endTick()
        #expect(try subject.sent() == ((0..<16) + [99]).map { WireFrame(10, [$0]) })
    }

    @Test func nothingIsSentAfterTheCloseFrame() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.goingAway, reason: "now")
        #expect(subject.refuses("late"))
        subject.post("late")
        subject.handler.close(.normalClosure, reason: "again")
        subject.endTick()
        #expect(try subject.sent() == [.close(1001, "now")])
    }

    @Test func nothingIsDeliveredAfterTheCloseFrame() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.goingAway, reason: "")
        try subject.receive(.text("late"))
        try subject.receive(WireFrame(9, []))
        #expect(try subject.delivered() == [])
        #expect(try subject.sent() == [.close(1001)])
    }

    /// Frames that follow a close frame in the same read.
    @Test func nothingIsDeliveredAfterThePeersCloseFrame() throws {
        let subject = try HandlerFixture(.server)
        try subject.receive(bytes: [WireFrame.text("a"), .close(1000), .text("b")].flatMap(\.masked.bytes))
        #expect(try subject.delivered() == ["a"])
        #expect(try subject.sent() == [.close(1000)])
        #expect(try subject.end().code == .normalClosure)
    }
}
