import ChatAuth
import Synchronization
import Testing

@testable import ChatClient

/// A token at hand for whoever asks, and a fresh one when that runs out.
@Suite(.timeLimit(.minutes(2)))
struct UserSessionTests {
    let pool = FakePool()
    private let clock = Clock()

    /// A clock that stands still until a test moves it.
    private final class Clock: Sendable {
        private let start = ContinuousClock().now
        private let moved = Mutex(Duration.zero)

        var now: ContinuousClock.Instant { self.start + self.moved.withLock { $0 } }
        func advance(by duration: Duration) { self.moved.withLock { $0 += duration } }
    }

    private func session(_ lifetime: Duration = .seconds(3600), refreshToken: String? = "refresh-1") -> UserSession {
        let tokens = TokenSet(idToken: "id-0", accessToken: "access-0", refreshToken: refreshToken, expiresIn: lifetime)
        return UserSession(pool: self.pool.client, tokens: tokens, now: { [clock] in clock.now })
    }

    @Test func aTokenIsReplacedAMinuteBeforeItExpires() async throws {
        let session = self.session()
        #expect(try await session.accessToken() == "access-0")
        self.clock.advance(by: .milliseconds(3_539_999))
        #expect(try await session.accessToken() == "access-0")
        #expect(self.pool.bodies.isEmpty)
        self.clock.advance(by: .milliseconds(1))
        #expect(try await session.accessToken() == "access-1")
        #expect(self.pool.bodies.count == 1)
        #expect(self.pool.bodies[0].contains("REFRESH_TOKEN_AUTH") && self.pool.bodies[0].contains("refresh-1"))
        self.clock.advance(by: .milliseconds(3_539_999))
        #expect(try await session.accessToken() == "access-1", "its time counts from when it came")
        self.clock.advance(by: .milliseconds(1))
        #expect(try await session.accessToken() == "access-2")
    }

    @Test func aVeryShortLifeIsUsedToItsHalf() async throws {
        let session = self.session(.seconds(10))
        self.clock.advance(by: .milliseconds(4999))
        #expect(try await session.accessToken() == "access-0")
        self.clock.advance(by: .milliseconds(1))
        #expect(try await session.accessToken() == "access-1")
    }

    @Test func aDiscardedTokenIsNotGivenAgain() async throws {
        let session = self.session()
        await session.discardAccessToken()
        #expect(try await session.accessToken() == "access-1")
        #expect(try await session.accessToken() == "access-1", "one refresh for one discard")
    }

    @Test func manyWhoAskWaitForOneRefresh() async throws {
        let session = self.session()
        self.clock.advance(by: .seconds(4000))
        self.pool.hold()
        let askers = (0..<20).map { _ in Task { try await session.accessToken() } }
        await self.pool.nextRequest()
        // Every asker is waiting or will find the fresh token: whichever it is, there is one request.
        self.pool.release()
        for asker in askers { #expect(try await asker.value == "access-1") }
        #expect(self.pool.bodies.count == 1)
    }

    @Test func aFailedRefreshFailsThoseWhoWaitAndIsTriedAgain() async throws {
        let session = self.session()
        await session.discardAccessToken()
        self.pool.answer(.unreachable)
        for _ in 1...2 { await #expect(throws: FakePool.Unreachable.self) { try await session.accessToken() } }
        self.pool.answer(.tokens(lifetime: 3600, refreshToken: nil))
        #expect(try await session.accessToken() == "access-3")
    }

    @Test func theRefreshTokenStaysUnlessThereIsAnother() async throws {
        let session = self.session()
        for (index, next) in [nil, "refresh-2", nil].enumerated() {
            self.pool.answer(.tokens(lifetime: 3600, refreshToken: next))
            await session.discardAccessToken()
            #expect(try await session.accessToken() == "access-\(index + 1)")
        }
        #expect(self.pool.bodies.map { $0.contains("refresh-1") } == [true, true, false])
        #expect(self.pool.bodies[2].contains("refresh-2"))
    }

    @Test func withoutARefreshTokenOneHasToSignIn() async {
        let session = self.session(refreshToken: nil)
        await session.discardAccessToken()
        let error = await #expect(throws: ChatClientError.self) { try await session.accessToken() }
        #expect(error?.code == .unauthorized)
    }

    /// A refresh token that was revoked or has run out: trying again would have no end.
    @Test func regressionARefusedRefreshTokenIsUnauthorized() async {
        let session = self.session()
        await session.discardAccessToken()
        self.pool.answer(.error("NotAuthorizedException"))
        let error = await #expect(throws: ChatClientError.self) { try await session.accessToken() }
        #expect(error?.code == .unauthorized)
        #expect((error?.underlying as? UserPoolError)?.code == .notAuthorized)
    }

    @Test(arguments: ["TooManyRequestsException", "InternalErrorException"])
    func anotherErrorOfThePoolMayPass(_ type: String) async {
        let session = self.session()
        await session.discardAccessToken()
        self.pool.answer(.error(type))
        let error = await #expect(throws: UserPoolError.self) { try await session.accessToken() }
        #expect(error?.code.rawValue == type)
    }

    @Test func aStaticTokenIsAlwaysTheSame() async throws {
        let token = StaticAccessToken("x")
        await token.discardAccessToken()
        #expect(try await token.accessToken() == "x")
    }
}
