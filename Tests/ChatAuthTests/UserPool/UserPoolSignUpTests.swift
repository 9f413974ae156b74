import ChatProtocol
import Testing

@testable import ChatAuth

struct UserPoolSignUpTests {
    private static func code(_ body: () async throws -> Void) async -> UserPoolError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? UserPoolError)?.code
        }
    }

    @Test func aWrongCodeIsRefusedAndCounted() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(isConfirmed: false)
        let code = try #require(fixture.delivery.lastCode("alice"))
        for wrong in ["", "000", code + "0", String(code.reversed()) + "x", " \(code)"] {
            #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: wrong) } == .codeMismatch)
        }
        // Now even the right one comes too late: it could have been the sixth guess.
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: code) } == .tooManyFailedAttempts)
        try await fixture.client.resendConfirmationCode(username: "alice")
        let next = try #require(fixture.delivery.lastCode("alice"))
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: next) } == nil)
    }

    @Test func guessesAtOnceAreAllCounted() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(isConfirmed: false)
        let codes = await withTaskGroup(of: UserPoolError.Code?.self) { group in
            for index in 0..<30 {
                group.addTask { await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: "guess \(index)") } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.filter { $0 == .codeMismatch }.count <= 5)
        #expect(!codes.contains(nil))
    }

    @Test func aCodeExpires() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(isConfirmed: false)
        let code = try #require(fixture.delivery.lastCode("alice"))
        fixture.clock.advance(by: .seconds(86_400))
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: code) } == .expiredCode)
        try await fixture.client.resendConfirmationCode(username: "alice")
        let next = try #require(fixture.delivery.lastCode("alice"))
        fixture.clock.advance(by: .seconds(86_399))
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: next) } == nil)
    }

    @Test func anotherCodeReplacesTheFirst() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(isConfirmed: false)
        let first = try #require(fixture.delivery.lastCode("alice"))
        repeat { try await fixture.client.resendConfirmationCode(username: "alice") } while fixture.delivery.lastCode("alice") == first
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: first) } == .codeMismatch)
    }

    @Test func aCodeIsOneUsersOwn() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser("alice", isConfirmed: false)
        let alices = try #require(fixture.delivery.lastCode("alice"))
        var bobs = alices
        // One time in a million the two are the same.
        while bobs == alices {
            let bob = "bob\(fixture.delivery.count)"
            try await fixture.addUser(bob, isConfirmed: false)
            bobs = try #require(fixture.delivery.lastCode(bob))
        }
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: bobs) } == .codeMismatch)
    }

    @Test func whoIsConfirmedIsNotConfirmedAgain() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "alice", code: "1") } == .notAuthorized)
        #expect(await Self.code { try await fixture.client.resendConfirmationCode(username: "alice") } == .invalidParameter)
    }

    @Test func aNameThatNobodyHasGetsNoCode() async throws {
        let fixture = try await PoolFixture()
        #expect(await Self.code { try await fixture.client.confirmSignUp(username: "bob", code: "1") } == .expiredCode)
        #expect(await Self.code { try await fixture.client.resendConfirmationCode(username: "bob") } == nil)
        #expect(fixture.delivery.count == 0)
    }

    @Test func aNameIsTakenOnce() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let code = await Self.code { _ = try await fixture.client.signUp(username: "alice", password: "Other0!pass") }
        #expect(code == .usernameExists)
        _ = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
    }

    @Test func aCodeThatIsNotDeliveredIsSaidToBe() async throws {
        let fixture = try await PoolFixture()
        fixture.delivery.fail()
        #expect(await Self.code { try await fixture.addUser(isConfirmed: false) } == .codeDeliveryFailure)
    }

    @Test func theAddressIsToldMasked() async throws {
        let fixture = try await PoolFixture()
        let result = try await fixture.pool.signUp(
            clientId: "client-1", username: "alice", password: PoolFixture.password, attributes: ["email": "alice@example.com"])
        #expect(result.destination == "a***@e***")
    }

    @Test(arguments: [
        "", " ", "a b", "a\u{0}b", "a\nb", "a\u{A0}b", "a\u{7F}", String(repeating: "a", count: 129), String(repeating: "é", count: 65),
    ])
    func aNameHasToBeOne(_ name: String) async throws {
        let fixture = try await PoolFixture()
        #expect(await Self.code { try await fixture.addUser(name, isConfirmed: false) } == .invalidParameter)
    }

    @Test(arguments: ["a", "alice@example.com", "日本語", String(repeating: "a", count: 128), "👩‍👩‍👧‍👦"])
    func otherNamesAreFine(_ name: String) async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(name)
        _ = try await fixture.client.signIn(username: name, password: PoolFixture.password)
    }
}
