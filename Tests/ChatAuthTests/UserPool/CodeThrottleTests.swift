import ChatProtocol
import ChatStore
import Foundation
import Testing

@testable import ChatAuth

struct CodeThrottleTests {
    private let start = Timestamp(millisecondsSinceEpoch: 1_795_503_600_000)

    @Test func anHourBringsFiveMore() {
        var throttle = CodeThrottle()
        let first = (0..<6).map { _ in throttle.admit("alice", now: self.start) }
        #expect(first == [true, true, true, true, true, false])
        let tooEarly = throttle.admit("alice", now: self.start + .milliseconds(3_599_999))
        #expect(!tooEarly)
        let second = (0..<6).map { _ in throttle.admit("alice", now: self.start + .seconds(3600)) }
        #expect(second == [true, true, true, true, true, false])
        let other = throttle.admit("bob", now: self.start)
        #expect(other)
    }

    @Test func manyNamesDoNotFillTheMemory() {
        var throttle = CodeThrottle()
        let all = (0..<CodeThrottle.maximumNames).map { throttle.admit("made up \($0)", now: self.start) }
        #expect(all.allSatisfy { $0 })
        let oneMore = throttle.admit("alice", now: self.start)
        #expect(!oneMore)
        let later = throttle.admit("alice", now: self.start + .seconds(3600))
        #expect(later)
    }

    @Test func thePoolSendsFiveCodesAnHour() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(isConfirmed: false)
        for _ in 0..<5 { try await fixture.client.resendConfirmationCode(username: "alice") }
        let sent = fixture.delivery.count
        await #expect(throws: UserPoolError.limitExceeded) { try await fixture.client.resendConfirmationCode(username: "alice") }
        #expect(fixture.delivery.count == sent)
        fixture.clock.advance(by: .seconds(3600))
        try await fixture.client.resendConfirmationCode(username: "alice")
        #expect(fixture.delivery.count == sent + 1)
    }

    /// Neither the answer's form nor the limit tells whether there is such a user.
    @Test func aNameThatNobodyHasIsAnsweredAlike() async throws {
        let fixture = try await PoolFixture()
        let first = try #require(try await fixture.pool.resendConfirmationCode(clientId: "client-1", username: "nobody"))
        #expect(first.wholeMatch(of: /[a-z]\*\*\*@[a-z]\*\*\*/) != nil)
        #expect(try await fixture.pool.resendConfirmationCode(clientId: "client-1", username: "nobody") == first)
        for _ in 0..<3 { _ = try await fixture.pool.resendConfirmationCode(clientId: "client-1", username: "nobody") }
        await #expect(throws: UserPoolError.limitExceeded) {
            try await fixture.pool.resendConfirmationCode(clientId: "client-1", username: "nobody")
        }
        #expect(fixture.delivery.count == 0)
    }

    /// Guesses that are made at once come past the lock together; all but five must still be refused.
    @Test func guessesAtOnceAreCountedOneByOne() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        var guesses: [PoolFixture.SignIn] = []
        for _ in 0..<12 { guesses.append(try await fixture.startSignIn(password: "Wr0ng! password")) }
        let messages = await withTaskGroup(of: String?.self) { group in
            for guess in guesses {
                group.addTask {
                    do {
                        _ = try await fixture.finish(guess)
                        return nil
                    } catch {
                        return (error as? UserPoolError)?.message
                    }
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(messages.filter { $0 == UserPoolError.wrongCredentials.message }.count == 5)
        #expect(messages.filter { $0 == "Password attempts exceeded" }.count == 7)
    }
}

extension UserPoolError {
    fileprivate static let limitExceeded = UserPoolError(.limitExceeded, "Attempt limit exceeded, please try after some time.")
}
