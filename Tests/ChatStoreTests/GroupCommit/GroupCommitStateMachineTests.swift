import ChatProtocol
import Synchronization
import Testing

@testable import ChatStore

/// Every order of submitting, committing and closing, compared with a model that is too simple to be wrong.
struct GroupCommitStateMachineTests {
    enum Step: CaseIterable {
        case submit, next, close
    }

    private struct Model {
        let maximumBatch: Int
        let maximumWaiting: Int
        var waiting: [Int] = []
        var isCommitting = false
        var isClosed = false
        var closers = 0
    }

    private final class Machine: Sendable {
        let state: Mutex<GroupCommit<Int>.StateMachine>

        init(maximumBatch: Int, maximumWaiting: Int) {
            self.state = Mutex(.init(maximumBatch: maximumBatch, maximumWaiting: maximumWaiting))
        }

        /// Returns once the machine knows of the closer, with the task that ends when it may go.
        func close() async -> (task: Task<Void, Never>, isAtOnce: Bool) {
            let (known, report) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
            let task = Task {
                await withCheckedContinuation { drainer in
                    let isAtOnce = self.state.withLock { $0.close(drainer) }
                    if isAtOnce { drainer.resume() }
                    report.yield(isAtOnce)
                }
            }
            var iterator = known.makeAsyncIterator()
            return (task, await iterator.next() ?? false)
        }
    }

    /// All sequences of that many steps.
    private static func sequences(_ length: Int) -> [[Step]] {
        length == 0 ? [[]] : Self.sequences(length - 1).flatMap { head in Step.allCases.map { head + [$0] } }
    }

    @Test(arguments: [(1, 1), (1, 3), (2, 3), (3, 2), (10, 10)])
    func everyOrderOfSteps(_ maximumBatch: Int, _ maximumWaiting: Int) async throws {
        for steps in Self.sequences(7) {
            let machine = Machine(maximumBatch: maximumBatch, maximumWaiting: maximumWaiting)
            var model = Model(maximumBatch: maximumBatch, maximumWaiting: maximumWaiting)
            var tasks: [Task<Void, Never>] = []
            for (index, step) in steps.enumerated() {
                switch step {
                case .submit: try Self.submit(index, machine, &model, steps)
                case .next where model.isCommitting: try Self.next(machine, &model, steps)
                case .next: break  // Only who was told to commit asks.
                case .close:
                    let (task, isAtOnce) = await machine.close()
                    try #require(isAtOnce == !model.isCommitting, "\(steps)")
                    model.isClosed = true
                    if !isAtOnce { model.closers += 1 }
                    tasks.append(task)
                }
            }
            while model.isCommitting { try Self.next(machine, &model, steps) }
            for task in tasks { await task.value }  // Would wait for ever if somebody was forgotten.
        }
    }

    private static func submit(_ tag: Int, _ machine: Machine, _ model: inout Model, _ steps: [Step]) throws {
        let entry = GroupCommit<Int>.StateMachine.Entry(message: .sample("\(tag)"), tag: tag)
        switch machine.state.withLock({ $0.submit(entry) }) {
        case .refuse(let error):
            let isFull = model.waiting.count >= model.maximumWaiting
            try #require(model.isClosed || isFull, "\(steps)")
            try #require(error.code == (model.isClosed ? .closed : .overloaded), "\(steps)")
            return
        case .none: try #require(model.isCommitting, "\(steps)")
        case .startCommitting: try #require(!model.isCommitting, "\(steps)")
        }
        try #require(!model.isClosed && model.waiting.count < model.maximumWaiting, "\(steps)")
        model.waiting.append(tag)
        model.isCommitting = true
    }

    private static func next(_ machine: Machine, _ model: inout Model, _ steps: [Step]) throws {
        switch machine.state.withLock({ $0.next() }) {
        case .commit(let entries):
            try #require(entries.map(\.tag) == Array(model.waiting.prefix(model.maximumBatch)) && !entries.isEmpty, "\(steps)")
            try #require(entries.map(\.message.message) == entries.map { "\($0.tag)" }, "\(steps)")
            model.waiting.removeFirst(entries.count)
        case .stop(let drainers):
            try #require(model.waiting.isEmpty && drainers.count == model.closers, "\(steps)")
            for drainer in drainers { drainer.resume() }
            model.isCommitting = false
            model.closers = 0
        }
    }
}
