import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

/// A peer that sends frames which cost something and bring nothing.
struct ControlFrameFloodTests {
    enum Flood: CaseIterable {
        case pings, pongs, emptyFragments
    }

    private static func subject(_ flood: Flood) -> MachineFixture {
        var subject = MachineFixture(.server) { $0.maximumControlFramesPerSecond = 10 }
        if flood == .emptyFragments { _ = subject.receive(.text, "a", fin: false) }
        return subject
    }

    private static func receive(_ flood: Flood, _ subject: inout MachineFixture, at time: Duration) -> MachineFixture.Action {
        switch flood {
        case .pings: subject.receive(.ping, "", at: time)
        case .pongs: subject.receive(.pong, "", at: time)
        case .emptyFragments: subject.receive(.continuation, "", fin: false, at: time)
        }
    }

    @Test(arguments: Flood.allCases) func isEnded(_ flood: Flood) {
        var subject = Self.subject(flood)
        for _ in 0..<10 { #expect(Self.receive(flood, &subject, at: .seconds(1)).failure == nil) }
        #expect(subject.machine.isOpen)
        #expect(Self.receive(flood, &subject, at: .milliseconds(1_999)).failure == .policyViolation)
        #expect(!subject.machine.isOpen)
    }

    @Test(arguments: Flood.allCases) func aSteadyPeerIsNone(_ flood: Flood) {
        var subject = Self.subject(flood)
        for second in 1...100 {
            for _ in 0..<10 { #expect(Self.receive(flood, &subject, at: .seconds(second)).failure == nil) }
        }
        #expect(subject.machine.isOpen)
    }

    @Test func messagesDoNotCount() {
        var subject = Self.subject(.pings)
        for _ in 0..<100 {
            #expect(subject.receive(.text, "") == .text(""))
            #expect(subject.receive(.text, "a", fin: false) == nil)
            #expect(subject.receive(.continuation, "b", fin: false) == nil)
            #expect(subject.receive(.continuation, "") == .text("ab"))
        }
        #expect(subject.machine.isOpen)
    }

    /// It ends what it has flooded.
    @Test func aCloseFrameDoesNotCount() {
        var subject = Self.subject(.pings)
        for _ in 0..<10 { _ = subject.receive(.ping, "") }
        #expect(subject.receive(.connectionClose, [0x03, 0xE8]) == .sendClose(.normalClosure, reason: "", thenClose: true))
    }
}
