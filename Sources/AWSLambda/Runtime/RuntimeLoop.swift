import Logging
import NIOCore
import Synchronization

/// Performs what the runtime's state machine decides: one task, one connection, one invocation at a time.
final class RuntimeLoop: Sendable {
    private struct State {
        var machine: LambdaRuntime.StateMachine
        var connection: RuntimeConnection?
        /// Ends the making of the handler.
        var cancelInitialisation: (@Sendable () -> Void)?
    }

    private let runtime: LambdaRuntime
    private let executor: EventLoopExecutor
    private let deadlines = DeadlineWatch()
    private let state: Mutex<State>

    init(runtime: LambdaRuntime, executor: EventLoopExecutor) {
        self.runtime = runtime
        self.executor = executor
        self.state = Mutex(State(machine: LambdaRuntime.StateMachine(configuration: runtime.configuration)))
    }

    /// Ends the loop after the invocation under way. Any thread.
    func stop() {
        let (connection, cancel) = self.state.withLock { state in
            (state.machine.stop() ? state.connection : nil, state.cancelInitialisation)
        }
        connection?.close()
        cancel?()
    }

    func run<Handler: LambdaHandler>(
        makeHandler: @escaping @Sendable (_ environment: [String: String]) async throws -> Handler
    ) async throws {
        defer {
            self.deadlines.stop()
            self.state.withLock { $0.connection }?.close()
        }
        let handler: Handler?
        var action: LambdaRuntime.StateMachine.Action
        switch await self.initialise(makeHandler) {
        case .success(let made):
            handler = made
            action = self.decide { $0.initialised() }
        case .failure(let error):
            handler = nil
            self.runtime.logger.critical("the handler could not be made", metadata: ["error": "\(error)"])
            action = self.decide { $0.initialisationFailed(error) }
        }
        while true {
            switch action {
            case .call(let call, let pause):
                if pause > .zero { try? await self.executor.eventLoop.scheduleTask(in: TimeAmount(pause)) {}.futureResult.get() }
                do throws(RuntimeCallFailure) {
                    let answer = try await self.send(call)
                    action = self.decide { $0.answered(answer) }
                } catch {
                    action = self.decide { machine in
                        machine.callFailed(error)
                    }
                }
            case .invoke(let invocation):
                guard let handler else { return }
                let result = await self.invoke(handler, invocation)
                action = self.decide { $0.handled(result) }
            case .finish: return
            case .fail(let error): throw error
            }
        }
    }

    private func decide(
        _ body: (inout LambdaRuntime.StateMachine) -> LambdaRuntime.StateMachine.Action
    ) -> LambdaRuntime.StateMachine.Action {
        self.state.withLock { body(&$0.machine) }
    }

    private func initialise<Handler: LambdaHandler>(
        _ makeHandler: @escaping @Sendable ([String: String]) async throws -> Handler
    ) async -> Result<Handler, any Error> {
        let task = Task(executorPreference: self.executor) { [environment = self.runtime.environment] in try await makeHandler(environment)
        }
        let stopping = self.state.withLock { state in
            state.cancelInitialisation = { task.cancel() }
            return state.machine.stopping
        }
        if stopping { task.cancel() }
        let result = await task.result
        self.state.withLock { $0.cancelInitialisation = nil }
        return result
    }

    private func send(_ call: RuntimeCall) async throws(RuntimeCallFailure) -> RuntimeAnswer {
        do {
            let connection = try await self.connection()
            // A stop that came before this found no connection to cut; one that comes after it will.
            if call.kind == .next, self.state.withLock({ $0.machine.stopping }) {
                throw RuntimeCallFailure.disconnected(reason: "the runtime ends", wasReused: false)
            }
            return try await connection.send(call)
        } catch {
            self.state.withLock { state in
                defer { state.connection = nil }
                return state.connection
            }?.close()
            throw error as? RuntimeCallFailure ?? .disconnected(reason: "\(error)", wasReused: false)
        }
    }

    private func connection() async throws -> RuntimeConnection {
        if let connection = self.state.withLock({ $0.connection }) { return connection }
        let connection = try await RuntimeConnection.connect(
            to: self.runtime.address, on: self.executor.eventLoop, configuration: self.runtime.configuration)
        self.state.withLock { $0.connection = connection }
        return connection
    }

    /// Runs the handler, in a task that ends shortly before the invocation's time does.
    private func invoke(_ handler: some LambdaHandler, _ invocation: Invocation) async -> Result<[UInt8], any Error> {
        ProcessEnvironment.set("_X_AMZN_TRACE_ID", to: invocation.traceId)
        let context = LambdaContext(invocation, logger: self.runtime.logger)
        let task = LambdaInvocation.$requestId.withValue(invocation.requestId) {
            Task(executorPreference: self.executor) { try await handler.handle(invocation.event, context: context) }
        }
        let left = max(.zero, context.remainingTime)
        let margin = min(self.runtime.configuration.deadlineMargin, left / 10)
        self.deadlines.arm(at: .now + (left - margin)) { task.cancel() }
        var result = await task.result
        self.deadlines.disarm()
        if case .failure(let error) = result {
            if error is CancellationError, task.isCancelled {
                result = .failure(LambdaFunctionError.deadlineExceeded(margin: margin))
            }
            let failure = LambdaFunctionError(error)
            context.logger.error("the invocation failed", metadata: ["errorType": "\(failure.type)", "errorMessage": "\(failure.message)"])
        }
        return result
    }
}

extension LambdaContext {
    init(_ invocation: Invocation, logger: Logger) {
        var logger = logger
        logger[metadataKey: "requestId"] = "\(invocation.requestId)"
        self.init(
            requestId: invocation.requestId, invokedFunctionARN: invocation.invokedFunctionARN, deadline: invocation.deadline,
            traceId: invocation.traceId, clientContext: invocation.clientContext, cognitoIdentity: invocation.cognitoIdentity,
            tenantId: invocation.tenantId, logger: logger)
    }
}

extension LambdaFunctionError {
    fileprivate static func deadlineExceeded(margin: Duration) -> Self {
        Self(type: "Runtime.DeadlineExceeded", message: "the invocation was cancelled \(margin / .milliseconds(1)) ms before its deadline")
    }
}
