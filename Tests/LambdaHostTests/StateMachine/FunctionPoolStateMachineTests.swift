import NIOCore
import Testing

@testable import LambdaHost

struct FunctionPoolStateMachineTests {
    typealias Machine = FunctionPool.StateMachine<Int>

    private let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func machine(concurrency: Int = 2, queue: Int = 2, minimum: Int = 1) -> Machine {
        Machine(
            LambdaFunctionConfiguration(
                command: ["x"], concurrency: concurrency, maximumQueueLength: queue, idleTimeout: .seconds(60), minimumProcesses: minimum))
    }

    private func started(_ action: Machine.InvokeAction) -> Int? {
        if case .wait(let start) = action { start } else { nil }
    }

    private func isIdle(_ action: Machine.ReadyAction) -> Bool {
        if case .idle = action { true } else { false }
    }

    private func delivered(_ action: Machine.ReadyAction) -> Int? {
        if case .deliver(let call) = action { call } else { nil }
    }

    @Test func startsAProcessForACallAndKeepsItWarm() {
        var machine = self.machine()
        #expect(self.started(machine.invoke(10, now: self.now)) == 1)
        #expect(self.delivered(machine.ready(1, now: self.now)) == 10)
        #expect(self.isIdle(machine.ready(1, now: self.now)))
        guard case .deliver(to: 1) = machine.invoke(11, now: self.now) else {
            Issue.record("a warm process is to be used")
            return
        }
        #expect(machine.processCount == 1)
    }

    @Test func hasNoMoreProcessesThanMayBeAndServesInOrder() {
        var machine = self.machine(concurrency: 2, queue: 4)
        #expect(self.started(machine.invoke(10, now: self.now)) == 1)
        #expect(self.started(machine.invoke(11, now: self.now)) == 2)
        #expect(self.started(machine.invoke(12, now: self.now)) == nil)
        #expect(machine.queueLength == 3)
        #expect(self.delivered(machine.ready(2, now: self.now)) == 10)
        #expect(self.delivered(machine.ready(1, now: self.now)) == 11)
        #expect(self.delivered(machine.ready(2, now: self.now)) == 12)
        #expect(machine.processCount == 2)
    }

    /// That a process is busy for long is no reason for those that wait to wait for it once a pause is over.
    @Test func regressionAfterAPauseAProcessIsStartedForThoseThatWait() {
        var machine = self.machine(concurrency: 2, queue: 4)
        for (call, process) in [(10, 1), (11, 2)] {
            _ = machine.invoke(call, now: self.now)
            _ = machine.ready(process, now: self.now)
        }
        _ = machine.ended(2, .duringCall(reason: "crash"), now: self.now)
        _ = machine.invoke(12, now: self.now)
        _ = machine.ready(3, now: self.now)
        _ = machine.invoke(13, now: self.now)
        let ended = machine.ended(3, .duringCall(reason: "crash"), now: self.now)
        #expect(ended.start == nil && ended.failed.isEmpty)
        let later = self.now + .milliseconds(100)
        #expect(machine.retryAt(now: self.now) == later)
        let (early, inTime) = (machine.startIfNeeded(now: self.now), machine.startIfNeeded(now: later))
        #expect(early == nil && inTime == 4)
        #expect(machine.retryAt(now: later) == nil)
    }

    @Test func throttlesWhatDoesNotFitIntoTheQueue() {
        var machine = self.machine(concurrency: 1, queue: 1)
        _ = machine.invoke(10, now: self.now)
        _ = machine.ready(1, now: self.now)
        _ = machine.invoke(11, now: self.now)
        guard case .refuse(.throttled) = machine.invoke(12, now: self.now) else {
            Issue.record("the queue is full")
            return
        }
        #expect(machine.queueLength == 1)
    }

    @Test func aCallFailsWithTheProcessThatDidNotStart() {
        var machine = self.machine()
        _ = machine.invoke(10, now: self.now)
        let action = machine.ended(1, .duringInit(reason: "broken"), now: self.now)
        #expect(action.failed == [10])
        #expect(action.reason == "broken")
        #expect(action.start == nil)
        #expect(machine.processCount == 0)
    }

    @Test func replacesAProcessThatCrashedIfACallWaits() {
        var machine = self.machine(concurrency: 1)
        _ = machine.invoke(10, now: self.now)
        _ = machine.ready(1, now: self.now)
        _ = machine.invoke(11, now: self.now)
        let action = machine.ended(1, .duringCall(reason: "exit"), now: self.now)
        #expect(action.failed.isEmpty)
        #expect(action.start == 2)
        #expect(self.delivered(machine.ready(2, now: self.now)) == 11)
    }

    @Test func aCrashLoopPausesLongerAndLonger() {
        var backoff = RestartBackoff()
        var pauses: [Int64] = []
        for _ in 0..<12 {
            backoff.failed(at: self.now)
            var pause: Int64 = 0
            while backoff.isPausing(at: self.now + .milliseconds(pause)) { pause += 100 }
            pauses.append(pause)
        }
        #expect(pauses == [0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000])
        for _ in 0..<1000 { backoff.failed(at: self.now) }
        #expect(!backoff.isPausing(at: self.now + .seconds(30)))
        backoff.succeeded()
        #expect(!backoff.isPausing(at: self.now))
    }

    @Test func aCallInAPauseFailsAtOnceAndOneAfterItStartsAProcess() {
        var machine = self.machine()
        for process in 1...2 {
            #expect(self.started(machine.invoke(process, now: self.now)) == process)
            #expect(machine.ended(process, .duringInit(reason: "broken"), now: self.now).failed == [process])
        }
        guard case .refuse(.failed(let reason)) = machine.invoke(3, now: self.now) else {
            Issue.record("nothing may be started yet")
            return
        }
        #expect(reason == "paused after failures: broken")
        #expect(self.started(machine.invoke(4, now: self.now + .milliseconds(100))) == 3)
    }

    @Test func aPauseWithNobodyLeftFailsAllThatWait() {
        var machine = self.machine(concurrency: 1, queue: 10)
        for call in 0..<4 { _ = machine.invoke(call, now: self.now) }
        let first = machine.ended(1, .duringInit(reason: "broken"), now: self.now)
        #expect(first.failed == [0] && first.start == 2)
        let second = machine.ended(2, .duringInit(reason: "broken"), now: self.now)
        #expect(second.failed == [1, 2, 3] && second.start == nil)
    }

    @Test func anAnswerEndsTheCountOfFailures() {
        var machine = self.machine()
        for process in 1...6 {
            #expect(self.started(machine.invoke(0, now: self.now)) == process)
            _ = machine.ready(process, now: self.now)
            if process.isMultiple(of: 2) { machine.answered() }
            _ = machine.ended(process, .duringCall(reason: "exit"), now: self.now)
            if process.isMultiple(of: 2) { machine.answered() }
        }
    }

    @Test func aProcessThatStoppedAskingGetsNoCall() {
        var machine = self.machine(concurrency: 1)
        _ = machine.invoke(10, now: self.now)
        _ = machine.ready(1, now: self.now)
        _ = machine.ready(1, now: self.now)
        machine.unavailable(1)
        #expect(self.started(machine.invoke(11, now: self.now)) == nil)
        #expect(machine.queueLength == 1)
        #expect(self.delivered(machine.ready(1, now: self.now)) == 11)
    }

    @Test func endsWhatHasBeenIdleTooLongButNotTheLast() {
        var machine = self.machine(concurrency: 3, queue: 3)
        for call in 0..<3 { _ = machine.invoke(call, now: self.now) }
        for process in 1...3 { _ = machine.ready(process, now: self.now) }
        for process in 1...3 { _ = machine.ready(process, now: self.now + .seconds(Int64(process))) }
        let early = machine.reap(now: self.now + .seconds(60))
        #expect(early.end == [] && early.next == self.now + .seconds(61))
        let some = machine.reap(now: self.now + .seconds(61))
        #expect(some.end == [1] && some.next == self.now + .seconds(62))
        let rest = machine.reap(now: self.now + .seconds(100))
        #expect(rest.end == [2] && rest.next == nil)
        #expect(machine.processCount == 3, "they count until they are gone")
        _ = machine.ended(1, .harmless, now: self.now)
        _ = machine.ended(2, .harmless, now: self.now)
        #expect(machine.processCount == 1)
    }

    @Test func usesTheProcessThatWasUsedLast() {
        var machine = self.machine(concurrency: 2)
        for call in 0..<2 { _ = machine.invoke(call, now: self.now) }
        for process in 1...2 { _ = machine.ready(process, now: self.now) }
        for process in 1...2 { _ = machine.ready(process, now: self.now) }
        guard case .deliver(to: 2) = machine.invoke(5, now: self.now) else {
            Issue.record("the one that was idle the shortest")
            return
        }
    }

    @Test func takesNothingAfterShutdown() {
        var machine = self.machine(concurrency: 2, queue: 5)
        for call in 0..<3 { _ = machine.invoke(call, now: self.now) }
        _ = machine.ready(1, now: self.now)
        let (failed, end) = machine.shutdown()
        #expect(failed == [1, 2])
        #expect(end == [2])
        guard case .refuse(.failed) = machine.invoke(9, now: self.now), case .end = machine.ready(1, now: self.now) else {
            Issue.record("it is shutting down")
            return
        }
        #expect(machine.ended(1, .duringCall(reason: "exit"), now: self.now).start == nil)
    }
}
