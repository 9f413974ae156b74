import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

struct ClosingHandlerTests {
    struct BrokenTransport: Error {}

    @Test(arguments: bothRoles) func answersAndEnds(_ role: Role) throws {
        let subject = try HandlerFixture(role)
        try subject.receive(.close(4001, "bye"))
        #expect(try subject.sent() == [.close(4001)])
        #expect(try subject.end() == WebSocketClosure(code: .tokenExpired, reason: "bye"))
    }

    @Test(arguments: bothRoles) func answersAnEmptyCloseFrame(_ role: Role) throws {
        let subject = try HandlerFixture(role)
        try subject.receive(.close(nil))
        #expect(try subject.sent() == [.close(nil)])
        #expect(try subject.end().code == .noStatusReceived)
    }

    @Test(arguments: bothRoles) func waitsForTheAnswer(_ role: Role) throws {
        let subject = try HandlerFixture(role)
        subject.handler.close(.normalClosure, reason: "done")
        #expect(try subject.sent() == [.close(1000, "done")])
        #expect(subject.channel.isActive)
        try subject.receive(.close(1000, "done too"))
        #expect(try subject.sent() == [])
        #expect(try subject.end() == WebSocketClosure(code: .normalClosure, reason: "done too"))
    }

    @Test func cutsAPeerThatDoesNotAnswer() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.goingAway, reason: "")
        subject.advance(.milliseconds(4_999))
        #expect(subject.channel.isActive)
        subject.advance(.milliseconds(1))
        #expect(try subject.end().code == .abnormalClosure)
    }

    /// A control frame has at most 125 bytes (section 5.5), and a longer one would be the peer's to fail on.
    @Test(arguments: [
        (String(repeating: "x", count: 123), String(repeating: "x", count: 123)),
        (String(repeating: "x", count: 124), String(repeating: "x", count: 123)),
        (String(repeating: "x", count: 122) + "é", String(repeating: "x", count: 122)),
        (String(repeating: "👋", count: 100), String(repeating: "👋", count: 30)),
    ])
    func cutsALongReasonBetweenCharacters(_ reason: String, _ sent: String) throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.normalClosure, reason: reason)
        #expect(try subject.sent() == [.close(1000, sent)])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 5000]) func leavesOutACodeThatMayNotBeSent(_ code: UInt16) throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.init(rawValue: code), reason: "reason")
        #expect(try subject.sent() == [.close(nil)])
    }

    @Test func theServersGoingDownIsSaid() throws {
        let subject = try HandlerFixture(.server)
        subject.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try subject.sent() == [.close(1001, "Going away")])
    }

    @Test func theServersGoingDownCanBeLeftToTheUser() throws {
        final class User: WebSocketDelegate {
            var events = 0

            func webSocketReceived(_ message: WebSocketMessage) {}
            func webSocketClosed() {}

            func webSocketShouldQuiesce() -> Bool {
                self.events += 1
                return true
            }
        }
        let user = User()
        let subject = try HandlerFixture(.server)
        subject.handler.delegate = user
        subject.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(user.events == 1)
        #expect(try subject.sent() == [])
    }

    /// What waited was dropped, and the answer with it.
    @Test func whoEndsItsStreamBehindItsCloseFrameMayReadOn() throws {
        let subject = try HandlerFixture(.server)
        subject.stall()
        subject.send("last")
        try subject.receive(.close(1000))
        subject.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(subject.channel.isActive)
        subject.unstall()
        #expect(try subject.sent().map(\.opcode) == [1, 8])
        #expect(try subject.end().code == .normalClosure)
    }

    @Test func theEndOfTheStreamIsAnEnd() throws {
        let subject = try HandlerFixture(.server)
        subject.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(try subject.sent() == [])
        #expect(try subject.end().code == .abnormalClosure)
    }

    @Test(arguments: bothRoles) func aChannelThatEndsIsAnEnd(_ role: Role) throws {
        let subject = try HandlerFixture(role)
        subject.channel.close(promise: nil)
        #expect(try subject.end().code == .abnormalClosure)
    }

    @Test func aBrokenTransportIsAnEnd() throws {
        let subject = try HandlerFixture(.server)
        subject.channel.pipeline.fireErrorCaught(BrokenTransport())
        #expect(try subject.sent() == [])
        #expect(try subject.end().code == .abnormalClosure)
        #expect(throws: Never.self) { try subject.channel.throwIfErrorCaught() }
    }

    @Test func theFutureDoesNotOutliveTheHandler() throws {
        let subject = try HandlerFixture(.server)
        #expect(try subject.channel.finish().isClean)
        #expect(subject.closure?.code == .abnormalClosure)
    }
}
