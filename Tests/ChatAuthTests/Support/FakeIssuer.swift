import ChatAuth
import HTTPTypes
import Synchronization

/// An issuer's web server: it answers what it is told to, when it is told to.
final class FakeIssuer: HTTPExchange {
    struct Unreachable: Error {}

    private struct State {
        var answer: HTTPExchangeResponse?
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var requests: [HTTPExchangeRequest] = []
    }

    private let state = Mutex(State())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() {
        (self.arrivals, self.arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    var requests: [HTTPExchangeRequest] { self.state.withLock { $0.requests } }

    func publish(_ keySet: JSONWebKeySet) {
        self.answer(HTTPExchangeResponse(status: .ok, body: Array(keySet.encoded())))
    }

    /// Nil: it cannot be reached.
    func answer(_ answer: HTTPExchangeResponse?) {
        self.state.withLock { $0.answer = answer }
    }

    /// From now on requests are not answered before ``release()``.
    func hold() {
        self.state.withLock { $0.isHeld = true }
    }

    func release() {
        let held = self.state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Returns once another request has arrived.
    func nextRequest() async {
        var iterator = self.arrivals.makeAsyncIterator()
        _ = await iterator.next()
    }

    func send(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                state.requests.append(request)
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            self.arrival.yield()
            if !isHeld { continuation.resume() }
        }
        guard let answer = self.state.withLock({ $0.answer }) else { throw Unreachable() }
        return answer
    }
}
