import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A peer that reads too slowly holds up nobody and costs no more than the limit.
struct OutboundLimitTests {
    private static let text = String(repeating: "x", count: 98)  // A frame of 100 bytes from a server.

    private static func subject(_ role: Role = .server) throws -> HandlerFixture {
        try HandlerFixture(role) { $0.maximumOutboundBytes = 1000 }
    }

    @Test func closesWith4008() throws {
        let subject = try Self.subject()
        subject.stall()
        for count in 1...10 {
            subject.send(Self.text)
            #expect(try subject.waitingBytes == count * 100)
        }
        subject.send(Self.text)
        let closing = WireFrame.close(4008, "too slow to read")
        #expect(try subject.waitingBytes == 1100 + closing.bytes.count)

        subject.unstall()
        #expect(try subject.sent() == Array(repeating: .text(Self.text), count: 11) + [closing])
        try subject.receive(.close(4008))
        #expect(try subject.end().code == .slowConsumer)
    }

    @Test(arguments: bothRoles) func takesNothingMore(_ role: Role) throws {
        let subject = try Self.subject(role)
        subject.stall()
        for _ in 0..<20 { subject.send(Self.text) }
        let waiting = try subject.waitingBytes
        #expect(waiting < 1300)
        for _ in 0..<1000 {
            #expect(subject.refuses(Self.text))
            subject.post(Self.text)
        }
        #expect(try subject.waitingBytes == waiting)
    }

    @Test func countsWhatIsPosted() throws {
        let subject = try Self.subject()
        subject.stall()
        for _ in 0..<100 { subject.post(Self.text) }
        subject.endTick()
        #expect(try subject.waitingBytes < 1200)
        subject.unstall()
        #expect(try subject.sent().last?.closeCode == 4008)
    }

    /// It closed the connection at once, whatever the peer did.
    @Test(arguments: [true, false]) func aMessageMayBeLongerThanTheLimit(_ isPosted: Bool) throws {
        let subject = try Self.subject()
        let long = String(repeating: "x", count: 5000)
        subject.stall()
        if isPosted { subject.post(long) } else { subject.send(long) }
        subject.endTick()
        #expect(try subject.waitingBytes == 5004)
        subject.unstall()
        #expect(try subject.sent() == [.text(long)])
        // But it counts for the next, as everything does.
        subject.stall()
        subject.send(long)
        subject.send("a")
        subject.unstall()
        #expect(try subject.sent().map(\.closeCode) == [nil, nil, 4008])
    }

    @Test func cutsAPeerThatReadsNothingAtAll() throws {
        let subject = try Self.subject()
        subject.stall()
        for _ in 0..<20 { subject.send(Self.text) }
        subject.advance(.seconds(5))
        #expect(try subject.end().code == .abnormalClosure)
    }

    /// Between two flushes there may be more than the limit: that is no fault of the peer's.
    @Test func aPeerThatKeepsUpIsNotClosed() throws {
        let subject = try Self.subject()
        for _ in 0..<50 { subject.post(Self.text) }
        #expect(try subject.waitingBytes == 5000)
        subject.endTick()
        #expect(try subject.sent().count == 50)
        #expect(subject.channel.isActive)
    }

    /// It was closed, for what a whole turn of the event loop had written to it before the flush.
    @Test func whatThePeerWasNotOfferedYetIsNoFaultOfItsOwn() throws {
        let subject = try Self.subject()
        subject.channel.isWritable = false
        for _ in 0..<50 { subject.post(Self.text) }
        subject.endTick()
        #expect(try subject.sent() == Array(repeating: .text(Self.text), count: 50))
        #expect(subject.channel.isActive)
    }

    @Test func pongsAreLeftOutForAPeerThatDoesNotReadThem() throws {
        let subject = try Self.subject()
        subject.stall()
        for _ in 0..<900 { try subject.receive(WireFrame(9, Array(repeating: 1, count: 125))) }
        #expect(try subject.waitingBytes == 0)
        subject.unstall()
        #expect(try subject.sent() == [])
        try subject.receive(WireFrame(9, [2]))
        subject.endTick()
        #expect(try subject.sent() == [WireFrame(10, [2])])
    }

    /// A close handshake that the peer begins would have dropped what was waiting, and the answer with it.
    @Test func whatWaitsIsSentBeforeTheAnswerToACloseFrame() throws {
        let subject = try Self.subject()
        subject.stall()
        for _ in 0..<5 { subject.send(Self.text) }
        try subject.receive(.close(1000))
        #expect(subject.channel.isActive)
        subject.unstall()
        #expect(try subject.sent() == Array(repeating: .text(Self.text), count: 5) + [.close(1000)])
        #expect(try subject.end().code == .normalClosure)
    }

    @Test func aPeerThatClosesAndDoesNotReadIsCut() throws {
        let subject = try Self.subject()
        subject.stall()
        for _ in 0..<5 { subject.send(Self.text) }
        try subject.receive(.close(1000))
        subject.advance(.milliseconds(4_999))
        #expect(subject.channel.isActive)
        subject.advance(.milliseconds(1))
        #expect(try subject.end().code == .normalClosure)
    }
}
