import ChatProtocol
import NIOCore
import NIOWebSocket
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
        #expect(subject.machine.receive(frame, now: MachineFixture.start).failure == .protocolError)
        #expect(!subject.machine.isOpen)
    }

    @Test(arguments: bothRoles, Self.opcodes) func failsOnReservedBits(_ role: Role, _ opcode: WebSocketOpcode) {
        for bit in 0..<3 {
            var subject = MachineFixture(role)
            var frame = MachineFixture.frame(opcode, [], isMasked: role == .server)
            (frame.rsv1, frame.rsv2, frame.rsv3) = (bit == 0, bit == 1, bit == 2)
            #expect(subject.machine.receive(frame, now: MachineFixture.start).failure == .protocolError)
            #expect(!subject.machine.isOpen)
        }
    }

    @Test(arguments: bothRoles, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) func failsOnUnknownOpcodes(_ role: Role, _ opcode: Int) throws {
        var subject = MachineFixture(role)
        let opcode = try #require(WebSocketOpcode(encodedWebSocketOpcode: UInt8(opcode)))
        #expect(subject.receive(opcode, "a").failure == .protocolError)
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

    /// The decoder fails with one of these on a frame that is too long, and on control frames that are long or fragmented.
    @Test(arguments: bothRoles) func failsOnWhatCannotBeRead(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.machine.receiveUnreadable(isTooLong: true, now: MachineFixture.start).failure == .messageTooBig)
        #expect(!subject.machine.isOpen)
        #expect(subject.machine.receiveUnreadable(isTooLong: true, now: MachineFixture.start) == .none)

        subject = MachineFixture(role)
        #expect(subject.machine.receiveUnreadable(isTooLong: false, now: MachineFixture.start).failure == .protocolError)
        #expect(subject.machine.receiveUnreadable(isTooLong: false, now: MachineFixture.start) == .none)
    }
}
