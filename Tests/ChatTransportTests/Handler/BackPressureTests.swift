import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A peer that asks faster than it can be answered waits in its own socket.
struct BackPressureTests {
    /// Stands above the handler, and wants nothing more.
    private final class Unwilling: ChannelOutboundHandler {
        typealias OutboundIn = WebSocketMessage

        func read(context: ChannelHandlerContext) {}
    }

    @Test func readsAreHeldBackAndResumed() throws {
        let subject = try HandlerFixture(.server)
        subject.channel.read()
        #expect(subject.reads == 1)
        subject.handler.pauseReading()
        for _ in 0..<3 { subject.channel.read() }
        #expect(subject.reads == 1)
        subject.handler.resumeReading()
        #expect(subject.reads == 2)
        subject.handler.resumeReading()
        #expect(subject.reads == 2)
        subject.channel.read()
        #expect(subject.reads == 3)
    }

    @Test func nothingIsReadThatNobodyAskedFor() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.pauseReading()
        subject.handler.resumeReading()
        #expect(subject.reads == 0)
        subject.handler.pauseReading()
        subject.channel.read()
        subject.handler.resumeReading()
        subject.handler.pauseReading()
        subject.handler.resumeReading()
        #expect(subject.reads == 1)
    }

    /// What was read before the pause is the next handler's to keep.
    @Test func nothingIsLostOrReordered() throws {
        let subject = try HandlerFixture(.server)
        try subject.receive(.text("1"))
        subject.handler.pauseReading()
        try subject.receive(bytes: ["2", "3"].flatMap { WireFrame.text($0).masked.bytes })
        let four = WireFrame.text("4").masked.bytes
        try subject.receive(bytes: four.prefix(3))
        subject.handler.resumeReading()
        try subject.receive(bytes: four.dropFirst(3))
        try subject.receive(.text("5"))
        #expect(try subject.delivered() == ["1", "2", "3", "4", "5"])
    }

    @Test func theAnswerToACloseFrameIsReadWhileReadingIsPaused() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.pauseReading()
        subject.channel.read()
        #expect(subject.reads == 0)
        subject.handler.close(.goingAway, reason: "")
        #expect(subject.reads == 1)
        // Who pauses only now has not heard of it yet.
        subject.handler.pauseReading()
        subject.channel.read()
        #expect(subject.reads == 2)
        try subject.receive(.close(1001))
        #expect(try subject.end().code == .goingAway)
    }

    /// It was not, and the connection was cut although the peer had answered.
    @Test func theAnswerIsReadIfATimerClosedWhileReadingWasPaused() throws {
        let subject = try HandlerFixture(.server) { $0.maximumLifetime = .seconds(10) }
        subject.handler.pauseReading()
        subject.channel.read()
        subject.advance(.seconds(10))
        #expect(try subject.sent().map(\.closeCode) == [1001])
        #expect(subject.reads == 1)
    }

    @Test func theAnswerIsReadIfAFailureClosedWhileReadingWasPaused() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.pauseReading()
        try subject.receive(WireFrame(0, []))
        #expect(try subject.sent().map(\.closeCode) == [1002])
        #expect(subject.reads >= 1)
    }

    /// A handler of messages that takes no more of them must not keep the answer from being read.
    @Test func theAnswerIsReadWhoeverIsAbove() throws {
        let subject = try HandlerFixture(.server, above: Unwilling())
        subject.channel.read()
        #expect(subject.reads == 0)
        subject.handler.close(.normalClosure, reason: "")
        #expect(subject.reads == 1)
        for count in 2...4 {
            try subject.receive(.text("late"))
            #expect(subject.reads == count)
        }
        try subject.receive(.close(1000))
        #expect(try subject.end().code == .normalClosure)
    }

    /// However much it says itself, and whether or not anybody listens to it.
    @Test(arguments: [true, false]) func aPeerThatTakesNothingIsClosedInTheEnd(_ isListening: Bool) throws {
        let subject = try HandlerFixture(.server, above: isListening ? nil : Unwilling())
        subject.stall()
        subject.channel.pipeline.fireChannelWritabilityChanged()
        subject.send(String(repeating: "x", count: 100_000))
        for _ in 0..<29 {
            subject.advance(.seconds(1))
            try subject.receive(WireFrame(0x9, []))
            #expect(subject.handler.isOpen)
        }
        subject.advance(.seconds(1))
        #expect(!subject.handler.isOpen)
        #expect(subject.handler.ownClosure?.code == .slowConsumer)
        // The close frame waits behind the rest, so there is no answer.
        subject.advance(.seconds(5))
        #expect(try subject.end().code == .abnormalClosure)
    }

    @Test func aPeerThatTakesItInTimeIsNot() throws {
        let subject = try HandlerFixture(.server)
        for _ in 0..<3 {
            subject.stall()
            subject.channel.pipeline.fireChannelWritabilityChanged()
            subject.send("a")
            try subject.receive(WireFrame(0xA, []))
            subject.advance(.seconds(25))
            subject.unstall()
            subject.channel.pipeline.fireChannelWritabilityChanged()
        }
        try subject.receive(WireFrame(0xA, []))
        subject.advance(.seconds(29))
        #expect(subject.handler.isOpen)
    }
}
