import NIOCore

extension FunctionProcess {
    /// A request of the runtime has come whole.
    func receive(_ request: RuntimeAPIRequest, from connection: RuntimeAPIHandler) {
        switch request.route {
        case .next: self.next(from: connection)
        case .response(let requestId): connection.send(self.response(request, requestId: requestId))
        case .error(let requestId): connection.send(self.error(request, requestId: requestId))
        case .initError: connection.send(self.initError(request))
        case .unknown: connection.send(.notFound)
        case .methodNotAllowed: connection.send(.methodNotAllowed)
        }
    }

    // MARK: Events

    private func next(from connection: RuntimeAPIHandler) {
        switch self.machine.next() {
        case .ready(let isFirst):
            self.waiter = connection
            self.timer.disarm()
            self.log.ready(initDuration: isFirst ? .now() - self.startedAt : nil)
            self.pool.ready(self)
        case .replaceWaiting:
            let earlier = self.waiter
            self.waiter = connection
            if earlier !== connection { earlier?.close() }
        case .deliverAgain:
            guard let invocation = self.invocation else { return }
            connection.send(invocation, functionARN: self.function.arn, deadline: self.deadline)
        case .refuse(let answer): connection.send(answer)
        }
    }

    /// Hands a call to the process, which waits for one.
    func deliver(_ invocation: Invocation) {
        guard let waiter = self.waiter else { return invocation.complete(.failed(reason: "the process does not wait for an event")) }
        let now = NIODeadline.now()
        let timeout = self.function.configuration.timeout
        self.waiter = nil
        self.invocation = invocation
        self.machine.deliver(requestId: invocation.requestId)
        self.deadline = FunctionContext.wallClock() + TimeAmount(timeout).nanoseconds / 1_000_000
        self.timer.arm(at: now + TimeAmount(timeout))
        self.log.begin(invocation.requestId, at: now)
        waiter.send(invocation, functionARN: self.function.arn, deadline: self.deadline)
    }

    // MARK: Answers

    private func response(_ request: RuntimeAPIRequest, requestId: String) -> RuntimeAPIAnswer {
        if case .refuse(let answer) = self.machine.answer(requestId: requestId, isError: false) { return answer }
        let maximum = self.function.host.maximumPayloadBytes
        if request.isTooLarge {
            self.answered(.failed(reason: "Response payload size exceeded maximum allowed payload size (\(maximum) bytes)."))
            return .tooLarge(maximumBytes: maximum)
        }
        if request.responseMode == .unknown {
            self.answered(.failed(reason: "Invalid function response mode"))
            return .invalidResponseMode
        }
        if request.hasErrorTrailer {
            self.answered(.functionError(type: request.errorType ?? "", message: "the streamed answer failed midway"))
        } else {
            self.answered(.success(Array(buffer: request.body)))
        }
        return .accepted
    }

    private func error(_ request: RuntimeAPIRequest, requestId: String) -> RuntimeAPIAnswer {
        if case .refuse(let answer) = self.machine.answer(requestId: requestId, isError: true) { return answer }
        self.answered(FunctionErrorBody(body: request.body, header: request.errorType).outcome)
        return request.isTooLarge ? .tooLarge(maximumBytes: self.function.host.maximumPayloadBytes) : .accepted
    }

    private func initError(_ request: RuntimeAPIRequest) -> RuntimeAPIAnswer {
        if case .refuse(let answer) = self.machine.initError() { return answer }
        let error = FunctionErrorBody(body: request.body, header: request.errorType)
        self.log.write("INIT_REPORT Status: error\tError Type: \(error.type)", source: .platform)
        // It has said all that it will, and mostly ends by itself now.
        self.expectEnd(.duringInit(reason: "Init error: \(error.type): \(error.message)"))
        return .accepted
    }

    /// The present call is over for whoever waits for it.
    func answered(_ outcome: LambdaOutcome) {
        guard let invocation = self.invocation else { return }
        self.invocation = nil
        switch outcome {
        case .success, .functionError: self.pool.answered()
        case .timedOut, .failed, .throttled: break
        }
        self.log.answered(didTimeOut: outcome == .timedOut)
        self.timer.arm(at: .now() + TimeAmount(self.function.configuration.initTimeout))
        invocation.complete(outcome)
    }

    // MARK: Time

    /// It took too long: to start, to answer, or to ask again.
    func timeIsUp() {
        switch self.machine.end() {
        case .duringCall(let requestId):
            let seconds = InvocationReport.milliseconds(.nanoseconds(TimeAmount(self.function.configuration.timeout).nanoseconds / 1000))
            self.log.write("\(requestId) Task timed out after \(seconds) seconds", source: .platform)
            self.answered(.timedOut)
            self.kill(.harmless)
        case .duringInit:
            let limit = InvocationReport.milliseconds(TimeAmount(self.function.configuration.initTimeout))
            self.log.write("INIT_REPORT Init Duration: \(limit) ms\tPhase: init\tStatus: timeout", source: .platform)
            self.kill(.duringInit(reason: "Init timed out after \(limit) ms"))
        case .whileIdle:
            self.log.write("Runtime did not ask for the next event and is ended", source: .platform)
            self.kill(.harmless)
        case .nothing: break
        }
    }
}
