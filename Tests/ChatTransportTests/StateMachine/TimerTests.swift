import ChatProtocol
import NIOCore
import Testing

@testable import ChatTransport

struct TimerTests {
    private typealias TimerAction = WebSocketHandler.StateMachine.TimerAction

    /// No timer but those that a test sets.
    private static func subject(_ role: Role = .server, _ change: (inout WebSocketConfiguration) -> Void) -> MachineFixture {
        MachineFixture(role) {
            $0.pingInterval = nil
            $0.messageTimeout = nil
            change(&$0)
        }
    }

    private static let goingAway = WebSocketHandler.StateMachine.TimerAction.sendClose(.goingAway, reason: "Going away")

    @Test(arguments: bothRoles) func pingsASilentPeerOnce(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(30)))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.milliseconds(29_999))) == .wait)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(30))) == .sendPing)
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(40)))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.milliseconds(39_999))) == .wait)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(40))) == .closeChannel)
        #expect(subject.machine.deadline == nil)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(99))) == .wait)
        #expect(subject.machine.closure.code == .abnormalClosure)
    }

    @Test(arguments: [WebSocketOpcode.text, .binary, .ping, .pong]) func anyFrameIsASignOfLife(_ opcode: WebSocketOpcode) {
        var subject = MachineFixture(.server)
        _ = subject.receive(opcode, "a", at: .seconds(29))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(30))) == .wait)
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(59)))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(59))) == .sendPing)
        _ = subject.receive(opcode, "a", at: .milliseconds(68_999))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(69))) == .wait)
        #expect(subject.machine.deadline == MachineFixture.at(.milliseconds(98_999)))
    }

    @Test func whatThisEndSendsIsNoSignOfThePeer() {
        var subject = MachineFixture(.server)
        #expect(subject.machine.sendMessage(now: MachineFixture.at(.seconds(29))) == true)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(30))) == .sendPing)
        #expect(subject.machine.sendMessage(now: MachineFixture.at(.seconds(39))) == true)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(40))) == .closeChannel)
    }

    @Test func nothingIsTimedWithoutLimits() {
        var subject = Self.subject { _ in }
        #expect(subject.machine.deadline == nil)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(1_000_000))) == .wait)
    }

    @Test(arguments: bothRoles) func idleIsWithoutAMessageEitherWay(_ role: Role) {
        var subject = Self.subject(role) { $0.idleTimeout = .seconds(600) }
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(600)))
        _ = subject.receive(.text, "a", at: .seconds(100))
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(700)))
        _ = subject.machine.sendMessage(now: MachineFixture.at(.seconds(200)))
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(800)))
        // Neither pings nor half a message.
        _ = subject.receive(.ping, "a", at: .seconds(300))
        _ = subject.receive(.pong, "a", at: .seconds(300))
        _ = subject.receive(.text, "a", fin: false, at: .seconds(300))
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(800)))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.milliseconds(799_999))) == .wait)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(800))) == Self.goingAway)
        #expect(!subject.machine.isOpen)
    }

    @Test func theEndOfAFragmentedMessageIsAMessage() {
        var subject = Self.subject { $0.idleTimeout = .seconds(600) }
        _ = subject.receive(.text, "a", fin: false, at: .seconds(100))
        _ = subject.receive(.continuation, "a", at: .seconds(200))
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(800)))
    }

    /// Slow loris: a message of which a byte comes now and then holds memory for as long as it takes.
    @Test(arguments: bothRoles) func aMessageComesInTime(_ role: Role) {
        var subject = Self.subject(role) { $0.messageTimeout = .seconds(60) }
        #expect(subject.machine.deadline == nil)
        _ = subject.receive(.text, "a", fin: false, at: .seconds(10))
        for second in 11..<70 {
            #expect(subject.receive(.continuation, "a", fin: false, at: .seconds(second)) == nil)
            #expect(subject.machine.deadline == MachineFixture.at(.seconds(70)))
            #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(second))) == .wait)
        }
        #expect(
            subject.machine.timerFired(now: MachineFixture.at(.seconds(70)))
                == .sendClose(.policyViolation, reason: "a message took too long"))
        #expect(!subject.machine.isOpen)
    }

    @Test func eachMessageHasItsOwnTime() {
        var subject = Self.subject { $0.messageTimeout = .seconds(60) }
        for start in stride(from: 0, to: 500, by: 50) {
            _ = subject.receive(.text, "a", fin: false, at: .seconds(start))
            _ = subject.receive(.continuation, "a", at: .seconds(start + 49))
            #expect(subject.machine.deadline == nil)
        }
    }

    /// Half a frame is half a message.
    @Test func aFrameComesInTime() {
        var subject = Self.subject { $0.messageTimeout = .seconds(60) }
        var bytes = ByteBuffer(bytes: WireFrame.text("Hello").masked.bytes.dropLast())
        #expect(subject.machine.next(&bytes, now: MachineFixture.at(.seconds(1))) == nil)
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(61)))
    }

    /// Whoever has the messages may not want any yet: what lies in the socket meanwhile is not late.
    @Test func nobodyIsLateWhileNobodyListens() {
        var subject = Self.subject { $0.messageTimeout = .seconds(60) }
        _ = subject.receive(.text, "a", fin: false)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(60)), isListening: false) == .wait)
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(120)))
    }

    @Test func nothingLengthensALife() {
        var subject = Self.subject {
            $0.maximumLifetime = .seconds(7200)
            $0.idleTimeout = .seconds(600)
        }
        for second in stride(from: 500, through: 7000, by: 500) { _ = subject.receive(.text, "a", at: .seconds(second)) }
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(7200)))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.milliseconds(7_199_999))) == .wait)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(7200))) == Self.goingAway)
    }

    @Test(arguments: bothRoles) func aCloseFrameIsAnsweredInTime(_ role: Role) {
        var subject = MachineFixture(role)
        #expect(subject.machine.close(now: MachineFixture.at(.seconds(1))) == true)
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(6)))
        // Not lengthened by anything that is no answer.
        _ = subject.receive(.ping, "a", at: .seconds(5))
        _ = subject.receive(.text, "a", at: .seconds(5))
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(6)))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.milliseconds(5_999))) == .wait)
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(6))) == .closeChannel)
        #expect(subject.machine.deadline == nil)
    }

    /// A peer that closes and then does not read the answer would otherwise be kept for ever.
    @Test func theAnswerIsReadInTime() {
        var subject = MachineFixture(.server)
        _ = subject.receive(.connectionClose, [0x03, 0xE8], at: .seconds(1))
        #expect(subject.machine.deadline == MachineFixture.at(.seconds(6)))
        #expect(subject.machine.timerFired(now: MachineFixture.at(.seconds(6))) == .closeChannel)
        #expect(subject.machine.closure.code == .normalClosure)
    }

    /// A timer that is set again for the same time would keep the event loop busy.
    @Test(arguments: 0..<20) func theDeadlineMovesOnWhenItIsMet(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var subject = MachineFixture(.server) {
            $0.pingInterval = Bool.random(using: &random) ? .seconds(Int.random(in: 1...60, using: &random)) : nil
            $0.idleTimeout = Bool.random(using: &random) ? .seconds(Int.random(in: 1...600, using: &random)) : nil
            $0.maximumLifetime = Bool.random(using: &random) ? .seconds(Int.random(in: 1...7200, using: &random)) : nil
        }
        var now = Duration.zero
        for _ in 0..<10_000 {
            guard let deadline = subject.machine.deadline else { return }
            if Bool.random(using: &random) {
                let time = MachineFixture.at(now)
                now = max(now, .nanoseconds((deadline - MachineFixture.start).nanoseconds))
                let action = subject.machine.timerFired(now: max(time, deadline))
                let next = subject.machine.deadline
                if let next { try #require(next > deadline || next > time, "\(action)") }
            } else {
                now += .milliseconds(Int.random(in: 0...30_000, using: &random))
                _ = subject.receive(Bool.random(using: &random) ? .pong : .text, "a", at: now)
            }
        }
    }
}
