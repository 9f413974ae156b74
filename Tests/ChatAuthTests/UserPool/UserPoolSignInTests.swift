import ChatProtocol
import Testing

@testable import ChatAuth

struct UserPoolSignInTests {
    private static func expectWrongCredentials(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> TokenSet
    ) async {
        await #expect(throws: UserPoolError(.notAuthorized, "Incorrect username or password."), sourceLocation: sourceLocation) {
            try await body()
        }
    }

    @Test(arguments: ["wrong", "", "Pässw0rd! 1 ", "pässw0rd! 1", "Pa\u{308}ssw0rd! 1"])
    func aWrongPasswordIsRefused(_ password: String) async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        await Self.expectWrongCredentials { try await fixture.client.signIn(username: "alice", password: password) }
    }

    @Test func aNameThatNobodyHasLooksLikeAnyOther() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let real = try await fixture.startSignIn("alice", password: "wrong")
        let absent = try await fixture.startSignIn("bob")
        let again = try await fixture.startSignIn("BOB")
        #expect(absent.challenge.userId == "bob")
        #expect(absent.challenge.salt == again.challenge.salt)
        #expect(absent.challenge.serverPublicValue != again.challenge.serverPublicValue)
        // A salt is 16 bytes; one that begins with zeros is sent without them, whoever has it.
        for challenge in [real, absent].map(\.challenge) { #expect((28...32).contains(challenge.salt.count)) }
        #expect(try await fixture.startSignIn("carol").challenge.salt != absent.challenge.salt)
        for signIn in [real, absent, again] { await Self.expectWrongCredentials { try await fixture.finish(signIn) } }
    }

    @Test func anAbsentNameIsLockedLikeAnyOther() async throws {
        let fixture = try await PoolFixture()
        for _ in 0..<5 { await Self.expectWrongCredentials { try await fixture.client.signIn(username: "bob", password: "x") } }
        await #expect(throws: UserPoolError(.notAuthorized, "Password attempts exceeded")) {
            try await fixture.client.signIn(username: "bob", password: "x")
        }
    }

    @Test func aChallengeIsGoodOnce() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let signIn = try await fixture.startSignIn()
        _ = try await fixture.finish(signIn)
        await Self.expectWrongCredentials { try await fixture.finish(signIn) }
    }

    @Test func aChallengeIsOneApplicationsOwn() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let signIn = try await fixture.startSignIn(clientId: "client-1")
        await Self.expectWrongCredentials { try await fixture.finish(signIn, clientId: "client-2") }
    }

    @Test func aChallengeIsOneNamesOwn() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser("alice")
        try await fixture.addUser("bob")
        let signIn = try await fixture.startSignIn("alice")
        await Self.expectWrongCredentials { try await fixture.finish(signIn, username: "bob") }
        _ = try await fixture.finish(try await fixture.startSignIn("alice"), username: "ALICE")
    }

    @Test func aChallengeExpires() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let (first, second) = try await (fixture.startSignIn(), fixture.startSignIn())
        fixture.clock.advance(by: .seconds(179))
        _ = try await fixture.finish(first)
        fixture.clock.advance(by: .seconds(1))
        await Self.expectWrongCredentials { try await fixture.finish(second) }
    }

    @Test func aChallengeIsSealed() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let signIn = try await fixture.startSignIn()
        for index in [0, 12, signIn.challenge.secretBlock.count - 1] {
            var challenge = signIn.challenge
            challenge.secretBlock[index] ^= 1
            await Self.expectWrongCredentials { try await fixture.finish(.init(challenge: challenge, signature: signIn.signature)) }
        }
        for block in [[], [1, 2, 3], signIn.challenge.secretBlock.dropLast(), signIn.challenge.secretBlock + [0]] as [[UInt8]] {
            var challenge = signIn.challenge
            challenge.secretBlock = block
            await Self.expectWrongCredentials { try await fixture.finish(.init(challenge: challenge, signature: signIn.signature)) }
        }
        let other = try await PoolFixture()
        try await other.addUser()
        await Self.expectWrongCredentials { try await other.finish(signIn) }
        _ = try await fixture.finish(signIn)
    }

    @Test(arguments: ["", "0", "xyz", SRPGroup.modulusHexadecimal, String(repeating: "f", count: 10_000)])
    func aPublicValueThatIsNoneIsRefused(_ value: String) async throws {
        let fixture = try await PoolFixture()
        let error = await #expect(throws: UserPoolError.self) {
            try await fixture.pool.startSignIn(clientId: "client-1", username: "alice", clientPublicValue: value)
        }
        #expect(error?.code == .invalidParameter)
    }

    @Test func whoIsNotConfirmedIsToldSoOnlyWithThePassword() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(isConfirmed: false)
        let error = await #expect(throws: UserPoolError.self) {
            try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        }
        #expect(error?.code == .userNotConfirmed)
        await Self.expectWrongCredentials { try await fixture.client.signIn(username: "alice", password: "wrong") }
    }

    @Test func anApplicationThatIsNotKnownIsRefused() async throws {
        let fixture = try await PoolFixture()
        let error = await #expect(throws: UserPoolError.self) { try await fixture.startSignIn(clientId: "client-3") }
        #expect(error?.code == .resourceNotFound)
    }
}
