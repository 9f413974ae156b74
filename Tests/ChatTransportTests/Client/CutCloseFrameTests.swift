import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// This end closes while something of the peer's has come in part.
struct CutCloseFrameTests {
    /// The first part was forgotten, so that the answer was not seen, or another one was.
    @Test(arguments: bothRoles) func theAnswerIsReadWhereverItWasCut(_ role: Role) {
        let answer = MachineFixture.frame(.connectionClose, [0x0F, 0xA1] + Array("why".utf8), isMasked: role == .server).bytes
        for cut in 1..<answer.count {
            var machine = MachineFixture(role).machine
            var first = ByteBuffer(bytes: answer[..<cut])
            #expect(machine.next(&first, now: MachineFixture.start) == nil)
            let isClosing = machine.close(now: MachineFixture.start)
            #expect(isClosing)
            var second = ByteBuffer(bytes: answer[cut...])
            #expect(machine.next(&second, now: MachineFixture.start) == .closeChannel, "cut at \(cut)")
            #expect(machine.closure == WebSocketClosure(code: .tokenExpired, reason: "why"), "cut at \(cut)")
        }
    }

    /// The same behind a message or a ping that is not wanted any more.
    @Test(arguments: bothRoles, [WebSocketOpcode.text, .ping, .pong, .binary])
    func whatWasBegunIsPassedOver(_ role: Role, _ opcode: WebSocketOpcode) {
        let begun = MachineFixture.frame(opcode, Array("hello".utf8), isMasked: role == .server).bytes
        let bytes = begun + MachineFixture.frame(.connectionClose, [0x0F, 0xA1], isMasked: role == .server).bytes
        for cut in 1..<begun.count {
            var machine = MachineFixture(role).machine
            var first = ByteBuffer(bytes: bytes[..<cut])
            #expect(machine.next(&first, now: MachineFixture.start) == nil)
            let isClosing = machine.close(now: MachineFixture.start)
            #expect(isClosing)
            // However the rest comes.
            var action: MachineFixture.Action = nil
            for byte in bytes[cut...] {
                var one = ByteBuffer(bytes: [byte])
                if let next = machine.next(&one, now: MachineFixture.start) { action = next }
            }
            #expect(action == .closeChannel, "cut at \(cut)")
            #expect(machine.closure.code == .tokenExpired, "cut at \(cut)")
        }
    }
}
