import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// RFC 6455 sections 5.5.1 and 7.
struct ClosingTests {
    private static func payload(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
    }

    @Test(arguments: bothRoles, [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
    func echoesTheCode(_ role: Role, _ code: Int) {
        let code = UInt16(code)
        for reason in ["", "Grüße", String(repeating: "x", count: 123)] {
            var subject = MachineFixture(role)
            let action = subject.receive(.connectionClose, Self.payload(code, reason))
            #expect(action == .sendClose(.init(rawValue: code), reason: "", thenClose: true))
            #expect(subject.machine.closure == WebSocketClosure(code: .init(rawValue: code), reason: reason))
            #expect(!subject.machine.isOpen)
        }
    }

    @Test(arguments: bothRoles, [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func failsOnACodeThatMayNotBeSent(_ role: Role, _ code: Int) {
        var subject = MachineFixture(role)
        #expect(
            subject.receive(.connectionClose, Self.payload(UInt16(code)))
                == .sendClose(.protocolError, reason: "invalid close frame", thenClose: true))
        #expect(subject.machine.closure.code == .abnormalClosure)
    }

    @Test(arguments: bothRoles, [[3], [0x03, 0xE8, 0xFF], [0x03, 0xE8, 0x61, 0xC3]] as [[UInt8]])
    func failsOnHalfACodeAndOnAReasonThatIsNotUTF8(_ role: Role, _ payload: [UInt8]) {
        var subject = MachineFixture(role)
        #expect(
            subject.receive(.connectionClose, payload) == .sendClose(.protocolError, reason: "invalid close frame", thenClose: true))
        #expect(subject.machine.closure.code == .abnormalClosure)
    }

    @Test(arguments: bothRoles) func answersWithoutACodeWhereThereWasNone(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.connectionClose, []) == .sendClose(nil, reason: "", thenClose: true))
        #expect(subject.machine.closure == WebSocketClosure(code: .noStatusReceived, reason: ""))
    }

    @Test(arguments: bothRoles) func nothingIsOfInterestAfterThePeerClosed(_ role: Role) {
        var subject = MachineFixture(role)
        _ = subject.receive(.connectionClose, Self.payload(1001))
        #expect(subject.receive(.text, "a") == .none)
        #expect(subject.receive(.ping, "a") == .none)
        #expect(subject.receive(.connectionClose, Self.payload(1000)) == .none)
        #expect(subject.machine.sendMessage(now: MachineFixture.start) == false)
        #expect(subject.machine.close(now: MachineFixture.start) == false)
        #expect(subject.machine.closure.code == .goingAway)
        // The answer is still on its way, and the connection ends behind it.
        #expect(subject.machine.receiveEnd() == .none)
        #expect(subject.machine.closure.code == .goingAway)
    }

    @Test(arguments: bothRoles) func onlyTheAnswerIsOfInterestAfterThisEndClosed(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.machine.sendMessage(now: MachineFixture.start) == true)
        #expect(subject.machine.close(now: MachineFixture.start) == true)
        #expect(subject.machine.close(now: MachineFixture.start) == false)
        #expect(subject.machine.sendMessage(now: MachineFixture.start) == false)
        #expect(subject.receive(.text, "a") == .none)
        #expect(subject.receive(.continuation, "a") == .none)
        #expect(subject.receive(.ping, "a") == .none)
        #expect(subject.receive(.init(rawValue: 3), "a") == .none)
        #expect(subject.machine.closure.code == .abnormalClosure)
        #expect(subject.receive(.connectionClose, Self.payload(4001, "why")) == .closeChannel)
        #expect(subject.machine.closure == WebSocketClosure(code: .tokenExpired, reason: "why"))
        #expect(subject.receive(.connectionClose, Self.payload(1000)) == .none)
        #expect(subject.machine.closure.code == .tokenExpired)
    }

    @Test(
        arguments: [([], .noStatusReceived), ([1], .abnormalClosure), ([0x03, 0xED], .abnormalClosure)] as [([UInt8], WebSocketCloseCode)])
    func anAnswerMayBeEmptyOrWrong(_ payload: [UInt8], _ code: WebSocketCloseCode) {
        var subject = MachineFixture(.server)
        _ = subject.machine.close(now: MachineFixture.start)
        #expect(subject.receive(.connectionClose, payload) == .closeChannel)
        #expect(subject.machine.closure.code == code)
    }

    @Test(arguments: bothRoles) func aFailureIsAnsweredToo(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.continuation, "a").failure == .protocolError)
        #expect(subject.receive(.connectionClose, Self.payload(1002)) == .closeChannel)
        #expect(subject.machine.closure.code == .protocolError)
    }

    /// The end of the stream without a close frame is 1006, which nobody sends.
    @Test(arguments: bothRoles) func theEndOfTheStreamIsAnEnd(_ role: Role) {
        for isClosing in [true, false] {
            var subject = MachineFixture(role)
            if isClosing { _ = subject.machine.close(now: MachineFixture.start) }
            #expect(subject.machine.receiveEnd() == .closeChannel)
            #expect(subject.machine.closure == WebSocketClosure(code: .abnormalClosure, reason: ""))
            #expect(subject.receive(.text, "a") == .none)
            #expect(subject.machine.sendMessage(now: MachineFixture.start) == false)
            #expect(subject.machine.receiveEnd() == .none)
        }
    }
}
