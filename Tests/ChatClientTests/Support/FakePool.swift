import ChatAuth
import HTTPTypes
import Synchronization

/// A user pool's web server: refreshes tokens, when it is told to.
final class FakePool: HTTPExchange {
    struct Unreachable: Error {}

    enum Answer { case tokens(lifetime: Int, refreshToken: String?), error(String), unreachable }

    private struct State {
        var answer = Answer.tokens(lifetime: 3600, refreshToken: nil)
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var bodies: [String] = []
    }

    private let state = Mutex(State())
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() {
        (self.arrivals, self.arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    var client: UserPoolClient {
        UserPoolClient(endpoint: "https://pool.example", poolId: "eu-central-1_Test", clientId: "client-1", exchange: self)
    }

    /// What it was asked so far.
    var bodies: [String] { self.state.withLock(\.bodies) }

    func answer(_ answer: Answer) { self.state.withLock { $0.answer = answer } }

    /// From now on nothing is answered before ``release()``.
    func hold() { self.state.withLock { $0.isHeld = true } }

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
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isHeld = self.state.withLock { state in
                state.bodies.append(String(decoding: request.body, as: UTF8.self))
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            self.arrival.yield()
            if !isHeld { continuation.resume() }
        }
        let (answer, count) = self.state.withLock { ($0.answer, $0.bodies.count) }
        switch answer {
        case .tokens(let lifetime, let refreshToken):
            let refresh = refreshToken.map { #","RefreshToken":"\#($0)""# } ?? ""
            let result =
                #"{"AccessToken":"access-\#(count)","IdToken":"id-\#(count)","ExpiresIn":\#(lifetime),"TokenType":"Bearer"\#(refresh)}"#
            return HTTPExchangeResponse(
                status: .ok, body: Array(#"{"AuthenticationResult":\#(result),"ChallengeParameters":{}}"#.utf8))
        case .error(let type):
            return HTTPExchangeResponse(status: .badRequest, body: Array(#"{"__type":"\#(type)","message":"no"}"#.utf8))
        case .unreachable: throw Unreachable()
        }
    }
}
