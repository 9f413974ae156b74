import NIOHTTP1
import Testing

@testable import AWSLambda

struct RuntimeStateMachineTests {
    private struct Broken: Error {}
    private typealias Machine = LambdaRuntime.StateMachine

    private let event = RuntimeAnswer(
        status: 200, headers: ["Lambda-Runtime-Aws-Request-Id": "a", "Lambda-Runtime-Deadline-Ms": "1"], body: [])
    private let accepted = RuntimeAnswer(status: 202, headers: [:], body: [])
    private let cut = RuntimeCallFailure.disconnected(reason: "cut", wasReused: false)

    private func call(_ action: Machine.Action, after pause: Duration = .zero) -> RuntimeCall? {
        if case .call(let call, let after) = action, after == pause { call } else { nil }
    }

    private func isFinish(_ action: Machine.Action) -> Bool { if case .finish = action { true } else { false } }

    private func failure(_ action: Machine.Action) -> LambdaRuntimeError? { if case .fail(let error) = action { error } else { nil } }

    @Test func pausesDoubleUntilTheAttemptsAreUsedUp() {
        var configuration = LambdaRuntimeConfiguration()
        configuration.maximumAttempts = 4
        var machine = Machine(configuration: configuration)
        #expect(self.call(machine.initialised()) == .next)
        #expect(self.call(machine.callFailed(self.cut), after: .milliseconds(50)) == .next)
        #expect(self.call(machine.callFailed(self.cut), after: .milliseconds(100)) == .next)
        #expect(self.call(machine.callFailed(self.cut), after: .milliseconds(200)) == .next)
        #expect(self.failure(machine.callFailed(self.cut))?.code == .unreachable)
    }

    @Test func aReusedConnectionIsReplacedWithoutAPause() {
        var machine = Machine(configuration: .init())
        _ = machine.initialised()
        #expect(self.call(machine.callFailed(.disconnected(reason: "closed", wasReused: true))) == .next)
    }

    @Test func stopWhileWaitingCutsTheConnectionAndEnds() {
        var machine = Machine(configuration: .init())
        _ = machine.initialised()
        let isFree = machine.stop()
        #expect(isFree)
        #expect(self.isFinish(machine.callFailed(self.cut)))
    }

    @Test func anEventThatCameBeforeTheCutIsStillHandled() {
        var machine = Machine(configuration: .init())
        _ = machine.initialised()
        let isFree = machine.stop()
        #expect(isFree)
        guard case .invoke = machine.answered(self.event) else {
            Issue.record("the event was dropped")
            return
        }
        #expect(self.call(machine.handled(.success([1]))) == .response("a", [1]))
        #expect(self.isFinish(machine.answered(self.accepted)))
    }

    @Test func stopDuringAnInvocationEndsAfterItsReportEvenIfThatIsSentTwice() {
        var machine = Machine(configuration: .init())
        _ = machine.initialised()
        _ = machine.answered(self.event)
        let isFree = machine.stop()
        #expect(!isFree)
        let report = self.call(machine.handled(.failure(Broken())))
        #expect(report?.kind == .error)
        #expect(self.call(machine.callFailed(self.cut), after: .milliseconds(50)) == report)
        #expect(self.isFinish(machine.answered(self.accepted)))
    }

    @Test func stopBeforeThereIsAHandlerEnds() {
        var made = Machine(configuration: .init())
        let isFree = made.stop()
        #expect(!isFree)
        #expect(self.isFinish(made.initialised()))
        var cancelled = Machine(configuration: .init())
        _ = cancelled.stop()
        #expect(self.isFinish(cancelled.initialisationFailed(CancellationError())))
    }

    @Test func aFailedInitialisationStaysTheCauseIfItCannotBeReported() {
        var configuration = LambdaRuntimeConfiguration()
        configuration.maximumAttempts = 1
        var machine = Machine(configuration: configuration)
        #expect(self.call(machine.initialisationFailed(Broken()))?.kind == .initError)
        let error = self.failure(machine.callFailed(self.cut))
        #expect(error?.code == .initFailed)
        #expect(error?.underlying is Broken)
    }
}
