import ChatProtocol
import ChatStore
import Testing

@testable import ChatAuth

struct SignInThrottleTests {
    private let start = Timestamp(millisecondsSinceEpoch: 1_795_503_600_000)

    /// How long a name stays locked after its n-th failure in a row: 1 s from the fifth on, doubled each time, at most 15 minutes.
    @Test func theLockDoubles() {
        var throttle = SignInThrottle()
        var now = self.start
        for failure in 1...40 {
            throttle.recordFailure("alice", now: now)
            let seconds: Int64 = failure < 5 ? 0 : min(900, 1 << Int64(min(failure - 5, 20)))
            if seconds == 0 {
                #expect(!throttle.isLocked("alice", now: now), "\(failure)")
            } else {
                #expect(throttle.isLocked("alice", now: now + .milliseconds(seconds * 1000 - 1)), "\(failure)")
                #expect(!throttle.isLocked("alice", now: now + .seconds(seconds)), "\(failure)")
            }
            now = now + .seconds(seconds)
        }
    }

    @Test func successForgives() {
        var throttle = SignInThrottle()
        for _ in 0..<5 { throttle.recordFailure("alice", now: self.start) }
        throttle.recordSuccess("alice")
        #expect(!throttle.isLocked("alice", now: self.start))
        for _ in 0..<4 { throttle.recordFailure("alice", now: self.start) }
        #expect(!throttle.isLocked("alice", now: self.start))
    }

    @Test func aLongPauseForgives() {
        var throttle = SignInThrottle()
        for _ in 0..<4 { throttle.recordFailure("alice", now: self.start) }
        throttle.recordFailure("alice", now: self.start + .milliseconds(900_001))
        #expect(!throttle.isLocked("alice", now: self.start + .milliseconds(900_001)))
    }

    @Test func namesAreLockedApart() {
        var throttle = SignInThrottle()
        for _ in 0..<5 { throttle.recordFailure("alice", now: self.start) }
        #expect(!throttle.isLocked("bob", now: self.start))
    }

    /// Whoever asks for many names must neither fill the memory nor free a name that is locked.
    @Test func manyNamesFreeNobody() {
        var throttle = SignInThrottle()
        for _ in 0..<5 { throttle.recordFailure("alice", now: self.start) }
        for index in 0..<SignInThrottle.maximumNames * 2 { throttle.recordFailure("made up \(index)", now: self.start) }
        #expect(throttle.isLocked("alice", now: self.start))
    }

    @Test func theRightPasswordHasToWaitToo() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        for _ in 0..<5 {
            await #expect(throws: UserPoolError.wrongCredentials) { try await fixture.client.signIn(username: "alice", password: "wrong") }
        }
        await #expect(throws: UserPoolError(.notAuthorized, "Password attempts exceeded")) {
            try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        }
        fixture.clock.advance(by: .seconds(1))
        _ = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        await #expect(throws: UserPoolError.wrongCredentials) { try await fixture.client.signIn(username: "alice", password: "wrong") }
        _ = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
    }
}
