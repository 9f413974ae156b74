import Testing

@testable import LambdaHost

struct FunctionProcessStateMachineTests {
    typealias Machine = FunctionProcess.StateMachine

    private func running(_ requestId: String = "1") -> Machine {
        var machine = Machine()
        _ = machine.next()
        machine.deliver(requestId: requestId)
        return machine
    }

    @Test func asksForEventsAgainAndAgain() {
        var machine = Machine()
        #expect(machine.next() == .ready(isFirst: true))
        #expect(machine.isWaiting)
        machine.deliver(requestId: "1")
        #expect(machine.requestId == "1")
        #expect(machine.answer(requestId: "1", isError: false) == .accept)
        #expect(machine.requestId == nil)
        #expect(machine.next() == .ready(isFirst: false))
    }

    @Test func getsTheSameEventIfItAsksWhileItOwesAnAnswer() {
        var machine = self.running()
        #expect(machine.next() == .deliverAgain)
        #expect(machine.answer(requestId: "1", isError: false) == .accept)
    }

    @Test func aSecondQuestionTakesThePlaceOfTheFirst() {
        var machine = Machine()
        _ = machine.next()
        #expect(machine.next() == .replaceWaiting)
        #expect(machine.isWaiting)
    }

    @Test func anAnswerBeforeTheFirstEventIsToNoCall() {
        var machine = Machine()
        #expect(machine.answer(requestId: "1", isError: false) == .refuse(.invalidRequestId))
        _ = machine.next()
        #expect(machine.answer(requestId: "1", isError: true) == .refuse(.invalidRequestId))
    }

    @Test func anAnswerToAnotherCallIsRefusedAndThePresentOneStillOwed() {
        var machine = self.running("2")
        #expect(machine.answer(requestId: "1", isError: false) == .refuse(.invalidRequestId))
        #expect(machine.requestId == "2")
    }

    @Test(arguments: [(false, "InvocationResponse"), (true, "InvocationErrorResponse")])
    func aSecondAnswerIsAnInvalidTransition(isError: Bool, name: String) {
        var machine = self.running()
        _ = machine.answer(requestId: "1", isError: false)
        #expect(
            machine.answer(requestId: "1", isError: isError)
                == .refuse(.invalidStateTransition(from: "RuntimeResponseSentState", to: name)))
    }

    @Test func aBrokenInitIsReportedOnceAndIsFinal() {
        var machine = Machine()
        #expect(machine.initError() == .accept)
        #expect(machine.initError() == .refuse(.invalidStateTransition(from: "InitError", to: "InitError")))
        #expect(machine.next() == .refuse(.invalidStateTransition(from: "InitError", to: "Ready")))
        #expect(machine.end() == .duringInit)
    }

    @Test func anInitErrorAfterTheInitIsAnInvalidTransition() {
        var machine = self.running()
        #expect(machine.initError() == .refuse(.invalidStateTransition(from: "Running", to: "InitError")))
        #expect(machine.requestId == "1")
    }

    @Test func aLostQuestionMattersOnlyWhileNothingIsOwed() {
        var machine = Machine()
        _ = machine.next()
        let first = machine.waiterLost()
        let second = machine.waiterLost()
        #expect(first && !second)
        #expect(machine.next() == .ready(isFirst: false))
        machine.deliver(requestId: "1")
        let third = machine.waiterLost()
        #expect(!third)
    }

    @Test func knowsWhatItEndedDuring() {
        var starting = Machine()
        #expect(starting.end() == .duringInit)
        #expect(starting.end() == .nothing)
        var running = self.running()
        #expect(running.end() == .duringCall(requestId: "1"))
        #expect(running.answer(requestId: "1", isError: false) == .refuse(.invalidRequestId))
        var idle = Machine()
        _ = idle.next()
        #expect(idle.end() == .whileIdle)
        #expect(idle.hasEnded)
    }
}
