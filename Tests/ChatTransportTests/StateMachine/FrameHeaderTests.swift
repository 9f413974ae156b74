import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// RFC 6455 sections 5.1 and 5.2: what the header of a frame may say.
struct FrameHeaderTests {
    private static let opcodes: [WebSocketOpcode] = [.continuation, .text, .binary, .connectionClose, .ping, .pong]

    @Test(arguments: bothRoles) func takesFramesThatAreMaskedAsTheRoleAsks(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.text, "a") == .text("a"))
        #expect(subject.receive(.binary, [0, 255]) == .binary([0, 255]))
        #expect(subject.machine.isOpen)
    }

    @Test(arguments: bothRoles, Self.opcodes) func failsOnTheOthers(_ role: Role, _ opcode: WebSocketOpcode) {
        var subject = MachineFixture(role)
        let frame = MachineFixture.frame(opcode, [], isMasked: role == .client)
        #expect(subject.receive(frame)?.closeCode == .protocolError)
        #expect(!subject.machine.isOpen)
    }

    @Test(arguments: bothRoles, Self.opcodes) func failsOnReservedBits(_ role: Role, _ opcode: WebSocketOpcode) {
        for bit in 0..<3 {
            var subject = MachineFixture(role)
            var frame = MachineFixture.frame(opcode, [], isMasked: role == .server)
            frame.reserved = 1 << bit
            #expect(subject.receive(frame)?.closeCode == .protocolError)
            #expect(!subject.machine.isOpen)
        }
    }

    @Test(arguments: bothRoles, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) func failsOnUnknownOpcodes(_ role: Role, _ opcode: Int) {
        var subject = MachineFixture(role)
        #expect(subject.receive(WebSocketOpcode(rawValue: UInt8(opcode)), "a").failure == .protocolError)
        #expect(!subject.machine.isOpen)
    }

    @Test(arguments: bothRoles) func answersAPingWithItsPayload(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.ping, "") == .sendPong(.init()))
        #expect(subject.receive(.ping, "Hello") == .sendPong(.init(string: "Hello")))
        let longest = Array(repeating: UInt8(0xFE), count: 125)
        #expect(subject.receive(.ping, longest) == .sendPong(.init(bytes: longest)))
    }

    @Test(arguments: bothRoles) func takesAPongThatNobodyAskedFor(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.pong, "Hello") == .none)
        #expect(subject.machine.isOpen)
    }

    /// A length has 63 bits: with the highest one set nothing says where the next frame is.
    @Test(arguments: bothRoles) func failsOnALengthThatIsNone(_ role: Role) {
        var subject = MachineFixture(role)
        let mask: UInt8 = role == .server ? 0x80 : 0
        var bytes = ByteBuffer(bytes: [0x82, mask | 127, 0x80, 0, 0, 0, 0, 0, 0, 1] + (role == .server ? [1, 2, 3, 4] : []))
        #expect(subject.machine.next(&bytes, now: MachineFixture.start).failure == .protocolError)
        // Also a close frame cannot be told from what comes.
        #expect(subject.receive(.connectionClose, [0x03, 0xE8]) == nil)
        #expect(subject.machine.closure.code == .abnormalClosure)
    }

    @Test(arguments: bothRoles, [126, 127, 65_535, 65_536]) func failsOnALongControlFrame(_ role: Role, _ length: Int) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.ping, Array(repeating: 0, count: length)).failure == .protocolError)
        // What follows it can be read: the peer's answer is found.
        #expect(subject.receive(.connectionClose, [0x03, 0xEA]) == .closeChannel)
    }

    @Test(arguments: bothRoles, [WebSocketOpcode.connectionClose, .ping, .pong])
    func failsOnAFragmentedControlFrame(_ role: Role, _ opcode: WebSocketOpcode) {
        var subject = MachineFixture(role)
        #expect(
            subject.receive(opcode, [], fin: false)
                == .sendClose(.protocolError, reason: "invalid control frame", thenClose: opcode == .connectionClose))
    }

    @Test(arguments: bothRoles) func failsOnAFrameThatIsTooLong(_ role: Role) {
        var subject = MachineFixture(role) { $0.maximumFrameBytes = 100 }
        #expect(subject.receive(.binary, Array(repeating: 0, count: 100)) == .binary(Array(repeating: 0, count: 100)))
        #expect(subject.receive(.binary, Array(repeating: 0, count: 101)).failure == .messageTooBig)
        #expect(subject.receive(.connectionClose, [0x03, 0xF1]) == .closeChannel)
    }
}
