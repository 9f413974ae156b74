import NIOCore
import Testing

@testable import ChatTransport

struct SendStallTests {
    private static func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000_000) + .seconds(seconds) }

    private static func subject() -> SendStall { SendStall(timeout: .seconds(30), waiting: 100_000, now: self.at(0)) }

    @Test func isNotOverBeforeItsTime() {
        var subject = Self.subject()
        #expect(subject.deadline == Self.at(30))
        let isOver = subject.isOver(now: Self.at(29), waiting: 100_000)
        #expect(!isOver)
    }

    @Test(arguments: [(100_000, true), (100_000 - 32 * 1024 + 1, true), (100_000 - 32 * 1024, false), (0, false)])
    func isOverIfTooLittleWasTaken(_ waiting: Int, _ expected: Bool) {
        var subject = Self.subject()
        let isOver = subject.isOver(now: Self.at(30), waiting: waiting)
        #expect(isOver == expected)
    }

    /// More waits than before, and yet the peer reads.
    @Test func whatWasWrittenMeanwhileIsNotHeldAgainstIt() {
        var subject = Self.subject()
        subject.written = 200_000
        let isOver = subject.isOver(now: Self.at(30), waiting: 260_000)
        #expect(!isOver)
        #expect(subject.deadline == Self.at(60))
        let isOverNow = subject.isOver(now: Self.at(60), waiting: 260_000)
        #expect(isOverNow)
    }
}
