import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// RFC 6455 section 5.4.
struct FragmentationTests {
    @Test(arguments: bothRoles) func joinsFragments(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.text, "Hel", fin: false) == .none)
        #expect(subject.receive(.continuation, "lo ", fin: false) == .none)
        #expect(subject.receive(.continuation, "you") == .text("Hello you"))

        #expect(subject.receive(.binary, [1], fin: false) == .none)
        #expect(subject.receive(.continuation, [2, 3]) == .binary([1, 2, 3]))
        #expect(subject.receive(.text, "again") == .text("again"))
    }

    /// Also inside of a character, which is no error of its own.
    @Test func joinsTextThatIsCutAnywhere() {
        let text = "aé€👋z"
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var subject = MachineFixture(.server)
                #expect(subject.receive(.text, bytes[..<first], fin: false) == .none)
                #expect(subject.receive(.continuation, bytes[first..<second], fin: false) == .none)
                #expect(subject.receive(.continuation, bytes[second...]) == .text(text))
            }
        }
    }

    @Test(arguments: bothRoles) func takesEmptyFragments(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.text, "", fin: false) == .none)
        for _ in 0..<900 { #expect(subject.receive(.continuation, "", fin: false) == .none) }
        #expect(subject.receive(.continuation, "") == .text(""))
        #expect(subject.receive(.binary, [], fin: false) == .none)
        #expect(subject.receive(.continuation, [7], fin: false) == .none)
        #expect(subject.receive(.continuation, []) == .binary([7]))
    }

    @Test(arguments: bothRoles) func letsControlFramesBetween(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.text, "a", fin: false) == .none)
        #expect(subject.receive(.ping, "1") == .sendPong(.init(string: "1")))
        #expect(subject.receive(.continuation, "b", fin: false) == .none)
        #expect(subject.receive(.pong, "2") == .none)
        #expect(subject.receive(.ping, "3") == .sendPong(.init(string: "3")))
        #expect(subject.receive(.continuation, "c") == .text("abc"))
    }

    @Test(arguments: bothRoles) func endsWithACloseFrameBetween(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.text, "a", fin: false) == .none)
        #expect(subject.receive(.connectionClose, [0x03, 0xE8]) == .sendClose(.normalClosure, reason: "", thenClose: true))
        #expect(subject.receive(.continuation, "b") == .none)
    }

    @Test(arguments: bothRoles, [true, false]) func failsOnAContinuationOfNothing(_ role: Role, _ fin: Bool) {
        var subject = MachineFixture(role)
        #expect(subject.receive(.continuation, "a", fin: fin).failure == .protocolError)

        subject = MachineFixture(role)
        #expect(subject.receive(.text, "a", fin: false) == .none)
        #expect(subject.receive(.continuation, "b") == .text("ab"))
        #expect(subject.receive(.continuation, "c", fin: fin).failure == .protocolError)
        #expect(!subject.machine.isOpen)
    }

    @Test(arguments: [WebSocketOpcode.text, .binary], [WebSocketOpcode.text, .binary])
    func failsOnAMessageInsideOfAnother(_ first: WebSocketOpcode, _ second: WebSocketOpcode) {
        for fin in [true, false] {
            var subject = MachineFixture(.server)
            #expect(subject.receive(first, "a", fin: false) == .none)
            #expect(subject.receive(second, "b", fin: fin).failure == .protocolError)
            #expect(subject.receive(.continuation, "c") == .none)
        }
    }
}
