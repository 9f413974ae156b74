import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// How long a message may be, and what text may consist of.
struct MessageContentTests {
    private static func subject(_ role: Role, limit: Int) -> MachineFixture {
        MachineFixture(role) { $0.maximumMessageBytes = limit }
    }

    private static func bytes(_ count: Int) -> [UInt8] { Array(repeating: UInt8(ascii: "x"), count: count) }

    @Test(arguments: bothRoles, [WebSocketOpcode.text, .binary]) func limitsAMessageOfOneFrame(_ role: Role, _ opcode: WebSocketOpcode) {
        var subject = Self.subject(role, limit: 100)
        #expect(subject.receive(opcode, Self.bytes(100)).failure == nil)
        #expect(subject.machine.isOpen)
        #expect(subject.receive(opcode, Self.bytes(101)).failure == .messageTooBig)
        #expect(!subject.machine.isOpen)
    }

    @Test(arguments: bothRoles) func limitsFragmentsTogether(_ role: Role) {
        var subject = Self.subject(role, limit: 100)
        // Twice, since the limit is each message's.
        for _ in 0..<2 {
            #expect(subject.receive(.binary, Self.bytes(40), fin: false) == .none)
            #expect(subject.receive(.continuation, Self.bytes(59), fin: false) == .none)
            #expect(subject.receive(.continuation, Self.bytes(1)) == .binary(Self.bytes(100)))
        }
        #expect(subject.receive(.text, Self.bytes(60), fin: false) == .none)
        // Before its end: what comes still might be any amount.
        #expect(subject.receive(.continuation, Self.bytes(41), fin: false).failure == .messageTooBig)
    }

    @Test func limitsTheFirstFragment() {
        var subject = Self.subject(.server, limit: 100)
        #expect(subject.receive(.text, Self.bytes(101), fin: false).failure == .messageTooBig)
    }

    @Test func controlFramesDoNotCount() {
        var subject = Self.subject(.server, limit: 10)
        #expect(subject.receive(.text, Self.bytes(10), fin: false) == .none)
        #expect(subject.receive(.ping, Self.bytes(100)) == .sendPong(.init(bytes: Self.bytes(100))))
        #expect(subject.receive(.continuation, []) == .text("xxxxxxxxxx"))
    }

    /// RFC 6455 section 8.1.
    @Test(arguments: bothRoles, [[0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x61, 0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func failsOnTextThatIsNotUTF8(_ role: Role, _ bytes: [UInt8]) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.text, bytes).failure == .invalidPayload)
        #expect(!subject.machine.isOpen)

        subject = MachineFixture(role)
        #expect(subject.receive(.binary, bytes) == .binary(bytes))
        #expect(subject.receive(.binary, bytes, fin: false) == .none)
        #expect(subject.receive(.continuation, bytes) == .binary(bytes + bytes))
        #expect(subject.machine.isOpen)
    }

    @Test func failsOnFragmentsThatTogetherAreNotUTF8() {
        var subject = MachineFixture(.server)
        #expect(subject.receive(.text, [0xE2, 0x82], fin: false) == .none)
        #expect(subject.receive(.continuation, [0x41]).failure == .invalidPayload)

        // Whole characters in each fragment do not make up for one that is never finished.
        subject = MachineFixture(.server)
        #expect(subject.receive(.text, "é", fin: false) == .none)
        #expect(subject.receive(.continuation, [0xC3]).failure == .invalidPayload)
    }
}
