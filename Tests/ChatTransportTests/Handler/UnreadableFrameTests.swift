import ChatProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

struct UnreadableFrameTests {
    @Test(arguments: bothRoles) func limitsAFrame(_ role: Role) throws {
        let subject = try HandlerFixture(role) { $0.maximumFrameBytes = 1000 }
        try subject.receive(WireFrame(2, Array(repeating: 1, count: 1000)))
        #expect(try subject.delivered().map(\.utf8.count) == [1000])
        try subject.receive(WireFrame(2, Array(repeating: 1, count: 1001)))
        #expect(try subject.sent().map(\.closeCode) == [1009])
        #expect(try subject.delivered() == [])
    }

    /// The announcement alone is refused: nothing is set aside for what it promises.
    @Test(
        arguments: [
            ([0x82, 0xFE, 0xFF, 0xFF, 1, 2, 3, 4], 1009),
            ([0x82, 0xFF, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], 1009),
            ([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], 1009),
            // A length has 63 bits.
            ([0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], 1002),
        ] as [([UInt8], UInt16)])
    func refusesTheAnnouncement(_ header: [UInt8], _ code: UInt16) throws {
        let subject = try HandlerFixture(.server)
        try subject.receive(bytes: header)
        #expect(try subject.sent().map(\.closeCode) == [code])
    }

    /// To close a socket with unread input resets it, and the peer would not see the close frame: so the rest is read and thrown away.
    @Test func whatFollowsAnUnreadableFrameDoesNotCutTheConnection() throws {
        let subject = try HandlerFixture(.server) { $0.maximumFrameBytes = 1000 }
        try subject.receive(bytes: WireFrame(2, Array(repeating: 1, count: 5000)).masked.bytes.prefix(2000))
        #expect(try subject.sent().map(\.closeCode) == [1009])
        for _ in 0..<3 { try subject.receive(bytes: Array(repeating: 1, count: 1000)) }
        #expect(subject.channel.isActive)
        #expect(try subject.sent() == [])
        subject.advance(.seconds(5))
        #expect(try subject.end().code == .abnormalClosure)
    }

    /// RFC 6455 section 5.5: control frames are short and whole.
    @Test(arguments: [8, 9, 10] as [UInt8]) func refusesControlFramesThatAreLongOrFragmented(_ opcode: UInt8) throws {
        var subject = try HandlerFixture(.server)
        try subject.receive(WireFrame(opcode, Array(repeating: 0, count: 126)))
        #expect(try subject.sent().map(\.closeCode) == [1002])

        subject = try HandlerFixture(.server)
        try subject.receive(WireFrame(opcode, [], fin: false))
        #expect(try subject.sent().map(\.closeCode) == [1002])
    }

    /// Whatever comes in place of frames, the peer is told once at most, and nothing is delivered that a machine would not deliver.
    @Test(arguments: 0..<50) func survivesAnyBytes(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for role in bothRoles {
            let subject = try HandlerFixture(role)
            for _ in 0..<20 {
                let count = Int.random(in: 0...300, using: &random)
                try subject.receive(bytes: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            let sent = try subject.sent()
            #expect(sent.filter { $0.opcode == 8 }.count <= 1)
            #expect(sent.allSatisfy { $0.opcode == 8 || $0.opcode == 10 })
            subject.advance(.seconds(60))
            #expect(!subject.channel.isActive)
        }
    }
}
