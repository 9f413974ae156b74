import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// A peer that goes on sending after a close frame keeps nobody busy.
struct FloodWhileClosingTests {
    /// Pings, as many as fit.
    private static func flood(_ byteCount: Int) -> [UInt8] {
        let ping = WireFrame(0x9, []).masked.bytes
        return Array(repeating: ping, count: byteCount / ping.count).flatMap { $0 }
    }

    @Test func afterAFailureItIsReadFromForAMomentOnly() throws {
        let subject = try HandlerFixture(.server) { $0.maximumControlFramesPerSecond = 10 }
        try subject.receive(bytes: Self.flood(6 * 11))
        #expect(try subject.sent().last?.closeCode == 1008)
        var reads = subject.reads
        try subject.receive(bytes: Self.flood(60_000))
        #expect(subject.reads > reads)
        reads = subject.reads
        try subject.receive(bytes: Self.flood(6_000))
        subject.channel.read()
        #expect(subject.reads == reads)
        // It had time enough to read why.
        subject.advance(.milliseconds(999))
        #expect(subject.channel.isActive)
        subject.advance(.milliseconds(1))
        #expect(try subject.end().code == .abnormalClosure)
    }

    /// A peer that learns of its mistake while it still sends.
    @Test func anAnswerBehindALittleMoreIsHeard() throws {
        let subject = try HandlerFixture(.server)
        try subject.receive(bytes: WireFrame(0x1, [0xFF]).masked.bytes)
        #expect(try subject.sent().last?.closeCode == 1007)
        try subject.receive(bytes: Self.flood(60_000))
        try subject.receive(.close(1007))
        #expect(try subject.end().code == .invalidPayload)
    }

    /// It answers behind what it had queued, and there may be much of that.
    @Test func anAnswerBehindALotIsHeardIfThePeerHasDoneNothingWrong() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.goingAway, reason: "")
        let message = WireFrame(0x2, Array(repeating: 0, count: 60_000)).masked.bytes
        for _ in 0..<250 { try subject.receive(bytes: message) }
        try subject.receive(.close(1001))
        #expect(try subject.end().code == .goingAway)
    }

    @Test func butNotForEver() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.goingAway, reason: "")
        let message = WireFrame(0x2, Array(repeating: 0, count: 60_000)).masked.bytes
        for _ in 0..<280 { try subject.receive(bytes: message) }
        let reads = subject.reads
        try subject.receive(.close(1001))  // Came with what was read last.
        #expect(subject.channel.isActive)
        #expect(subject.reads == reads)
        subject.advance(.seconds(1))
        #expect(try subject.end().code == .abnormalClosure)
    }
}
