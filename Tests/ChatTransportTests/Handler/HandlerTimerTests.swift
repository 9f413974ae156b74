import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// The times of the configuration, in virtual time.
struct HandlerTimerTests {
    @Test(arguments: bothRoles) func pingsThenCuts(_ role: Role) throws {
        let subject = try HandlerFixture(role)
        subject.advance(.milliseconds(29_999))
        #expect(try subject.sent() == [])
        subject.advance(.milliseconds(1))
        #expect(try subject.sent() == [WireFrame(9, [])])
        subject.advance(.milliseconds(9_999))
        #expect(subject.channel.isActive)
        subject.advance(.milliseconds(1))
        #expect(try subject.sent() == [])
        #expect(try subject.end().code == .abnormalClosure)
    }

    @Test func aPeerThatAnswersIsKept() throws {
        let subject = try HandlerFixture(.server)
        for _ in 0..<100 {
            subject.advance(.seconds(30))
            #expect(try subject.sent() == [WireFrame(9, [])])
            try subject.receive(WireFrame(10, []))
        }
        #expect(subject.channel.isActive)
    }

    /// What a paused connection's peer has said lies in the socket, where nobody looks: it must not be taken for silence.
    @Test func aPeerThatIsNotListenedToIsNotCut() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.pauseReading()
        try subject.receive(.text("a"))
        subject.advance(.seconds(1000))
        #expect(try subject.sent() == [])
        #expect(subject.channel.isActive)
        subject.handler.resumeReading()
        subject.advance(.seconds(30))
        #expect(try subject.sent() == [WireFrame(9, [])])
        subject.advance(.seconds(10))
        #expect(try subject.end().code == .abnormalClosure)
    }

    /// The ping is out, and its answer read by nobody.
    @Test func norIfItIsPausedAfterThePing() throws {
        let subject = try HandlerFixture(.server)
        subject.advance(.seconds(30))
        #expect(try subject.sent() == [WireFrame(9, [])])
        subject.handler.pauseReading()
        try subject.receive(.text("a"))
        subject.advance(.seconds(1000))
        #expect(subject.channel.isActive)
    }

    /// A handler above that asks for no more holds up reading just as well.
    @Test func norIfNobodyWantsItsMessages() throws {
        final class Unwilling: ChannelOutboundHandler {
            typealias OutboundIn = WebSocketMessage
            func read(context: ChannelHandlerContext) {}
        }
        let subject = try HandlerFixture(.server, above: Unwilling())
        try subject.receive(.text("a"))
        subject.advance(.seconds(1000))
        #expect(subject.channel.isActive)
    }

    @Test func aPeerThatTalksIsNotPinged() throws {
        let subject = try HandlerFixture(.server)
        for _ in 0..<100 {
            subject.advance(.seconds(29))
            try subject.receive(.text("a"))
        }
        #expect(try subject.sent() == [])
    }

    @Test func anIdleConnectionIsClosed() throws {
        let subject = try HandlerFixture(.server) { $0.idleTimeout = .seconds(600) }
        subject.advance(.seconds(25))
        try subject.receive(.text("a"))
        for _ in 0..<23 {
            subject.advance(.seconds(25))
            try subject.receive(WireFrame(9, []))  // No message: it keeps the peer alive, and lets the connection be idle.
        }
        subject.advance(.milliseconds(24_999))
        #expect(try subject.sent().allSatisfy { $0.opcode == 10 })
        subject.advance(.milliseconds(1))
        #expect(try subject.sent() == [.close(1001, "Going away")])
        try subject.receive(.close(1001))
        #expect(try subject.end().code == .goingAway)
    }

    @Test func sendingIsNotIdle() throws {
        let subject = try HandlerFixture(.server) {
            $0.idleTimeout = .seconds(600)
            $0.pingInterval = nil
        }
        for _ in 0..<10 {
            subject.advance(.seconds(599))
            subject.send("a")
        }
        #expect(try subject.sent() == Array(repeating: .text("a"), count: 10))
        subject.advance(.seconds(600))
        #expect(try subject.sent() == [.close(1001, "Going away")])
    }

    @Test func aLifeEnds() throws {
        let subject = try HandlerFixture(.server) { $0.maximumLifetime = .seconds(60) }
        for _ in 0..<3 {
            subject.advance(.seconds(20))
            try subject.receive(.text("a"))
        }
        #expect(try subject.sent() == [.close(1001, "Going away")])
        subject.advance(.seconds(5))
        #expect(try subject.end().code == .abnormalClosure)
    }

    @Test func withoutTimesNothingHappens() throws {
        let subject = try HandlerFixture(.server) { $0.pingInterval = nil }
        subject.advance(.seconds(1_000_000))
        #expect(try subject.sent() == [])
        #expect(subject.channel.isActive)
    }
}
