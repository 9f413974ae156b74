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

    /// A frame of 16 KiB, header and all.
    private static let part = WireFrame(0x2, Array(repeating: 0, count: 16_384 - 8)).masked.bytes

    @Test func afterAFailureItIsReadFromForAMomentOnly() throws {
        let subject = try HandlerFixture(.server)
        try subject.receive(.text([0xFF]))
        #expect(try subject.sent().last?.closeCode == 1007)
        var reads = 0
        for _ in 0..<3 {
            reads = subject.reads
            try subject.receive(bytes: Self.part)
            #expect(subject.reads > reads)
        }
        try subject.receive(bytes: Self.part)
        reads = subject.reads
        subject.channel.read()
        #expect(subject.reads == reads)
        // It had time enough to read why.
        subject.advance(.milliseconds(999))
        #expect(subject.channel.isActive)
        subject.advance(.milliseconds(1))
        #expect(try subject.end().code == .abnormalClosure)
    }

    /// The smallest frames are the dearest.
    @Test(arguments: [true, false]) func smallFramesCountForMore(_ hasFailed: Bool) throws {
        let subject = try HandlerFixture(.server) { $0.maximumControlFramesPerSecond = 10 }
        if hasFailed { try subject.receive(bytes: Self.flood(6 * 11)) } else { subject.handler.close(.unsupportedData, reason: "") }
        #expect(try subject.sent().last?.closeCode == (hasFailed ? 1008 : 1003))
        let most = hasFailed ? 256 : 65_536
        try subject.receive(bytes: Self.flood(6 * most))
        #expect(!subject.handler.machine.hasReadEnough)
        try subject.receive(bytes: Self.flood(6))
        #expect(subject.handler.machine.hasReadEnough)
    }

    /// Its answer comes behind the frame that was too long.
    @Test func theFrameThatIsTooLongIsPassedOver() throws {
        let subject = try HandlerFixture(.server)
        let frame = WireFrame(0x2, Array(repeating: 0, count: 1_000_000)).masked.bytes
        for start in stride(from: 0, to: frame.count, by: 65_536) {
            try subject.receive(bytes: frame[start..<min(frame.count, start + 65_536)])
        }
        #expect(try subject.sent().last?.closeCode == 1009)
        try subject.receive(.close(1009))
        #expect(try subject.end().code == .messageTooBig)
    }

    /// A peer that learns of its mistake while it still sends.
    @Test func anAnswerBehindALittleMoreIsHeard() throws {
        let subject = try HandlerFixture(.server)
        try subject.receive(.text([0xFF]))
        for _ in 0..<3 { try subject.receive(bytes: Self.part) }
        try subject.receive(.close(1007))
        #expect(try subject.end().code == .invalidPayload)
    }

    /// It answers behind what it had queued, and there may be much of that.
    @Test func anAnswerBehindALotIsHeardIfThePeerHasDoneNothingWrong() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.goingAway, reason: "")
        for _ in 0..<900 { try subject.receive(bytes: Self.part) }
        try subject.receive(.close(1001))
        #expect(try subject.end().code == .goingAway)
    }

    @Test func butNotForEver() throws {
        let subject = try HandlerFixture(.server)
        subject.handler.close(.goingAway, reason: "")
        for _ in 0..<1030 { try subject.receive(bytes: Self.part) }
        let reads = subject.reads
        try subject.receive(.close(1001))  // Came with what was read last.
        #expect(subject.channel.isActive)
        #expect(subject.reads == reads)
        subject.advance(.seconds(1))
        #expect(try subject.end().code == .abnormalClosure)
    }

    /// What was sent before the close frame is to arrive, and the close frame, too.
    @Test func whoHasNotBeenSentWhyIsNotCutSooner() throws {
        let subject = try HandlerFixture(.server)
        subject.stall()
        subject.post("a")
        subject.endTick()
        try subject.receive(.text([0xFF]))
        for _ in 0..<5 { try subject.receive(bytes: Self.part) }
        #expect(subject.handler.machine.hasReadEnough)
        subject.advance(.milliseconds(4_999))
        #expect(subject.channel.isActive)
        subject.advance(.milliseconds(1))
        #expect(try subject.end().code == .abnormalClosure)
    }
}

extension WireFrame {
    fileprivate static func text(_ bytes: [UInt8]) -> Self { Self(0x1, bytes) }
}
