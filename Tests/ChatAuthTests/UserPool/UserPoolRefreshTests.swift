import ChatProtocol
import ChatStore
import Foundation
import Testing

@testable import ChatAuth

struct UserPoolRefreshTests {
    private static func expectRefused(
        _ fixture: PoolFixture, _ token: String, clientId: String = "client-1", sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: UserPoolError(.notAuthorized, "Invalid Refresh Token"), sourceLocation: sourceLocation) {
            try await fixture.pool.refresh(clientId: clientId, refreshToken: token)
        }
    }

    private static func signedIn() async throws -> (PoolFixture, String, TokenSet) {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let tokens = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        return (fixture, try #require(tokens.refreshToken), tokens)
    }

    @Test func aRefreshTokenHoldsThirtyDays() async throws {
        let (fixture, token, _) = try await Self.signedIn()
        fixture.clock.advance(by: .seconds(30 * 86_400 - 1))
        for _ in 0..<2 { _ = try await fixture.client.refresh(token) }
        fixture.clock.advance(by: .seconds(1))
        await Self.expectRefused(fixture, token)
    }

    @Test func itIsOneApplicationsOwn() async throws {
        let (fixture, token, _) = try await Self.signedIn()
        await Self.expectRefused(fixture, token, clientId: "client-2")
    }

    @Test func noOtherTokenServesInItsPlace() async throws {
        let (fixture, token, tokens) = try await Self.signedIn()
        for other in ["", "x", token + "x", String(token.dropLast()), tokens.accessToken, tokens.idToken] {
            await Self.expectRefused(fixture, other)
        }
    }

    @Test func itRemembersWhenTheUserSignedIn() async throws {
        let (fixture, token, tokens) = try await Self.signedIn()
        fixture.clock.advance(by: .seconds(1000))
        let refreshed = try await fixture.client.refresh(token)
        let (before, after) = try (Self.claims(tokens.accessToken), Self.claims(refreshed.accessToken))
        #expect(after.auth_time == before.auth_time)
        #expect(after.origin_jti == before.origin_jti)
        #expect(after.iat == before.iat + 1000)
        #expect(after.jti != before.jti)
    }

    /// What the store keeps of it signs nobody in.
    @Test func onlyItsDigestIsKept() async throws {
        let (fixture, token, _) = try await Self.signedIn()
        #expect(try await fixture.store.refreshToken(digest: Array(token.utf8)) == nil)
        let removed = try await fixture.store.removeExpiredRefreshTokens(now: fixture.clock.now + .seconds(30 * 86_400))
        #expect(removed == 1)
        await Self.expectRefused(fixture, token)
    }

    @Test func anAccessTokenIsWhatAUserIsReadWith() async throws {
        let (fixture, token, tokens) = try await Self.signedIn()
        #expect(try await fixture.pool.user(accessToken: tokens.accessToken).username == "alice")
        for other in ["", "x", token, tokens.idToken, tokens.accessToken + "x"] {
            await #expect(throws: UserPoolError(.notAuthorized, "Invalid Access Token")) {
                try await fixture.pool.user(accessToken: other)
            }
        }
        fixture.clock.advance(by: .seconds(3600))
        await #expect(throws: UserPoolError(.notAuthorized, "Access Token has expired")) {
            try await fixture.pool.user(accessToken: tokens.accessToken)
        }
    }

    private static func claims(_ token: String) throws -> TokenClaims {
        let json = try #require(Base64URL.decode(token.split(separator: ".")[1]))
        return try JSONDecoder().decode(TokenClaims.self, from: Data(json))
    }
}
