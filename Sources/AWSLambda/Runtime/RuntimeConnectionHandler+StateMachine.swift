import NIOHTTP1

extension RuntimeConnectionHandler {
    /// One HTTP/1.1 connection that carries one call at a time: which answer belongs to which call, and when it can carry
    /// another. No I/O.
    struct StateMachine {
        private enum State: Equatable {
            case idle
            case waitingForHead
            case readingBody(RuntimeAnswer, keepAlive: Bool)
            case closed(reason: String)
        }

        enum Action {
            case none
            /// The call is answered.
            case succeed(RuntimeAnswer)
            /// The call is answered, and the connection carries no other.
            case succeedAndClose(RuntimeAnswer)
            case fail(RuntimeCallFailure)
            case failAndClose(RuntimeCallFailure)
            case close
        }

        private var state = State.idle
        private let maximumBodyBytes: Int
        private var answeredCalls = 0

        init(maximumBodyBytes: Int) { self.maximumBodyBytes = maximumBodyBytes }

        /// Whether a call may be written now; otherwise why not.
        mutating func start() -> RuntimeCallFailure? {
            switch self.state {
            case .idle:
                self.state = .waitingForHead
                return nil
            case .closed(let reason): return .disconnected(reason: reason, wasReused: self.answeredCalls > 0)
            case .waitingForHead, .readingBody: return .malformed(reason: "a second call before the first one's answer")
            }
        }

        mutating func received(_ head: HTTPResponseHead) -> Action {
            guard self.state == .waitingForHead else { return self.unasked() }
            self.state = .readingBody(
                RuntimeAnswer(status: Int(head.status.code), headers: head.headers, body: []), keepAlive: head.isKeepAlive)
            return .none
        }

        mutating func received(body bytes: some Collection<UInt8>) -> Action {
            guard case .readingBody(var answer, let keepAlive) = self.state else { return self.unasked() }
            guard answer.body.count + bytes.count <= self.maximumBodyBytes else {
                answer.body = []
                self.state = .closed(reason: "answer too large")
                return .failAndClose(.tooLarge(answer))
            }
            // Out of the state first, so that the array is not copied.
            self.state = .idle
            answer.body.append(contentsOf: bytes)
            self.state = .readingBody(answer, keepAlive: keepAlive)
            return .none
        }

        mutating func receivedEnd() -> Action {
            guard case .readingBody(let answer, let keepAlive) = self.state else { return self.unasked() }
            self.answeredCalls += 1
            if keepAlive {
                self.state = .idle
                return .succeed(answer)
            }
            self.state = .closed(reason: "the Runtime API closed the connection")
            return .succeedAndClose(answer)
        }

        /// The connection has ended. One that ends while it is idle is no failure of any call.
        mutating func ended(_ reason: String) -> Action {
            defer { self.state = .closed(reason: reason) }
            switch self.state {
            case .idle, .closed: return .none
            case .waitingForHead, .readingBody: return .fail(.disconnected(reason: reason, wasReused: self.answeredCalls > 0))
            }
        }

        /// What came is no HTTP.
        mutating func failed(_ reason: String) -> Action {
            defer { self.state = .closed(reason: reason) }
            switch self.state {
            case .idle, .closed: return .close
            case .waitingForHead, .readingBody: return .failAndClose(.malformed(reason: reason))
            }
        }

        /// Bytes that answer no call. What follows on such a connection cannot be told apart any more.
        private mutating func unasked() -> Action {
            if case .closed = self.state { return .none }
            return self.failed("an answer to no call")
        }
    }
}
