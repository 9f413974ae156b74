import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// Found by `scripts/fuzz`: once this end had sent its close frame, no rule held for the peer's, and one that announced a terabyte was
/// collected for as long as the peer had to answer. Smallest case: `0088ff` with a length of 256, behind anything that fails.
struct OverlongCloseFrameWhileClosingTests {
    /// A close frame's header with eight bytes of length, and the start of its payload. The mask is zero.
    private static func closeFrame(announcing length: UInt64, payload: [UInt8]) -> ByteBuffer {
        var bytes = ByteBuffer(bytes: [0x88, 0xFF])
        bytes.writeInteger(length)
        bytes.writeInteger(UInt32(0))
        bytes.writeBytes(payload)
        return bytes
    }

    private static func closing(_ role: Role) -> WebSocketHandler.StateMachine {
        var machine = MachineFixture(role).machine
        let sendsClose = machine.close(now: MachineFixture.start)
        precondition(sendsClose)
        return machine
    }

    @Test(arguments: bothRoles) func nothingOfItIsKept(_ role: Role) {
        var machine = Self.closing(role)
        var first = Self.closeFrame(announcing: 1 << 40, payload: Array(repeating: 0x61, count: 1000))
        #expect(machine.next(&first, now: MachineFixture.start) == nil)
        for _ in 0..<100 {
            var more = ByteBuffer(repeating: 0x61, count: 1000)
            #expect(machine.next(&more, now: MachineFixture.start) == nil)
            #expect(more.readableBytes == 0)
        }
        #expect(machine.partial?.value.control.readableBytes ?? 0 == 0)
    }

    @Test(arguments: bothRoles, [125, 126, 300]) func oneThatIsTooLongIsPassedOver(_ role: Role, _ length: Int) {
        var machine = Self.closing(role)
        var bytes = Self.closeFrame(announcing: UInt64(length), payload: [0x03, 0xE8] + Array(repeating: 0x61, count: length - 2))
        #expect(machine.next(&bytes, now: MachineFixture.start) == (length <= 125 ? .closeChannel : nil))
        guard length > 125 else { return }
        var proper = Self.closeFrame(announcing: 2, payload: [0x03, 0xE8])
        #expect(machine.next(&proper, now: MachineFixture.start) == .closeChannel)
        #expect(machine.closure.code == .normalClosure)
    }
}
