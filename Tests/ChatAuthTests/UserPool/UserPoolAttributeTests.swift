import ChatProtocol
import ChatStore
import Testing

@testable import ChatAuth

struct UserPoolAttributeTests {
    private static func signUp(_ attributes: [String: String]) async throws -> UserPoolError.Code? {
        let fixture = try await PoolFixture()
        do {
            _ = try await fixture.client.signUp(username: "alice", password: PoolFixture.password, attributes: attributes)
            return nil
        } catch let error as UserPoolError {
            return error.code
        }
    }

    @Test(arguments: [
        ["email": "nobody"], ["email": ""], ["sub": "mine"], ["": "x"], [String(repeating: "n", count: 33): "x"],
        ["name": String(repeating: "v", count: 2049)], [String(repeating: "é", count: 17): "x"],
    ])
    func attributesHaveLimits(_ attributes: [String: String]) async throws {
        #expect(try await Self.signUp(attributes) == .invalidParameter)
    }

    @Test(arguments: [
        [:], ["email": "a@b"], ["name": ""], [String(repeating: "n", count: 32): String(repeating: "v", count: 2048)],
        ["custom:room": "é\u{0}"],
    ])
    func withinThemTheyAreKept(_ attributes: [String: String]) async throws {
        let fixture = try await PoolFixture { $0.autoConfirm = true }
        _ = try await fixture.client.signUp(username: "alice", password: PoolFixture.password, attributes: attributes)
        #expect(try await fixture.store.user(pool: PoolFixture.poolId, username: "alice")?.attributes == attributes)
    }

    /// A user used to be able to say at sign-up that an address is theirs, and the ID token repeated it.
    @Test(arguments: ["email_verified", "phone_number_verified"])
    func nobodyVerifiesTheirOwnAddress(_ name: String) async throws {
        #expect(try await Self.signUp(["email": "ceo@example.com", name: "true"]) == .notAuthorized)
    }

    @Test func anAddressIsVerifiedByItsCode() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser(isConfirmed: false)
        let before = try await fixture.store.user(pool: PoolFixture.poolId, username: "alice")
        #expect(before?.attributes["email_verified"] == nil)
        try await fixture.client.confirmSignUp(username: "alice", code: try #require(fixture.delivery.lastCode("alice")))
        let after = try await fixture.store.user(pool: PoolFixture.poolId, username: "alice")
        #expect(after?.attributes["email_verified"] == "true")
    }
}
