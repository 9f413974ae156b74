import ChatProtocol
import ChatStore
import Foundation
import HTTPTypes
import Testing

@testable import ChatAuth

/// From signing up to a refreshed token, by the client and the endpoint that people use.
struct UserPoolEndToEndTests {
    @Test func aUserSignsUpConfirmsSignsInAndRefreshes() async throws {
        let fixture = try await PoolFixture()
        let isConfirmed = try await fixture.client.signUp(
            username: "alice", password: PoolFixture.password, attributes: ["email": "alice@example.com", "name": "Alice"])
        #expect(!isConfirmed)
        let code = try #require(fixture.delivery.lastCode("alice"))
        #expect(code.count == 6 && code.allSatisfy { ("0"..."9").contains($0) })
        try await fixture.client.confirmSignUp(username: "alice", code: code)

        let tokens = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        #expect(tokens.expiresIn == .seconds(3600))
        let access = try await fixture.pool.tokenVerifier.verify(tokens.accessToken)
        #expect(access.username == "alice" && access.clientId == "client-1" && access.tokenUse == .access)
        #expect(access.expiresAt == fixture.clock.now + .seconds(3600))

        let user = try await fixture.getUser(tokens.accessToken)
        #expect(user.Username == "alice")
        let attributes = Dictionary(uniqueKeysWithValues: user.UserAttributes.map { ($0.Name, $0.Value) })
        #expect(attributes == ["sub": access.subject, "email": "alice@example.com", "email_verified": "true", "name": "Alice"])

        fixture.clock.advance(by: .seconds(3600))
        await #expect(throws: TokenError.expired) { try await fixture.pool.tokenVerifier.verify(tokens.accessToken) }
        let refreshed = try await fixture.client.refresh(try #require(tokens.refreshToken))
        #expect(refreshed.refreshToken == nil)
        #expect(try await fixture.pool.tokenVerifier.verify(refreshed.accessToken).subject == access.subject)
    }

    @Test func aNameIsTheSameInAnyCase() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser("Alice")
        let tokens = try await fixture.client.signIn(username: "ALICE", password: PoolFixture.password)
        #expect(try await fixture.pool.tokenVerifier.verify(tokens.accessToken).username == "alice")
        let error = await #expect(throws: UserPoolError.self) { try await fixture.addUser("aLICE") }
        #expect(error?.code == .usernameExists)
    }

    @Test func aPoolForDevelopmentConfirmsByItself() async throws {
        let fixture = try await PoolFixture { $0.autoConfirm = true }
        #expect(try await fixture.client.signUp(username: "bob", password: PoolFixture.password))
        #expect(fixture.delivery.count == 0)
        _ = try await fixture.client.signIn(username: "bob", password: PoolFixture.password)
    }

    /// The claims of Cognito's tokens, by which applications know them.
    @Test func tokensHaveCognitosClaims() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let tokens = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        let (access, id) = try (Self.claims(tokens.accessToken), Self.claims(tokens.idToken))
        let shared: Set = ["sub", "iss", "token_use", "exp", "iat", "auth_time", "jti", "origin_jti", "event_id"]
        #expect(Set(access.keys) == shared.union(["client_id", "username", "scope"]))
        #expect(Set(id.keys) == shared.union(["aud", "cognito:username", "email", "email_verified", "name"]))
        #expect(access["iss"] as? String == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Test")
        #expect(access["token_use"] as? String == "access" && id["token_use"] as? String == "id")
        #expect(access["client_id"] as? String == "client-1" && id["aud"] as? String == "client-1")
        #expect(access["scope"] as? String == "aws.cognito.signin.user.admin")
        #expect(id["email_verified"] as? Bool == true)
        #expect((access["exp"] as? Int).map { $0 - 3600 } == access["iat"] as? Int)
        #expect(access["origin_jti"] as? String == id["origin_jti"] as? String)
        #expect(access["jti"] as? String != id["jti"] as? String)
        let header = try Self.object(tokens.accessToken, part: 0)
        #expect(header["alg"] as? String == "RS256")
        #expect(header["kid"] as? String == fixture.pool.keySet.keys.first?.kid)
    }

    @Test func anUnmodifiedVerifierAcceptsTheTokens() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let tokens = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        var configuration = TokenVerifier.Configuration(issuer: fixture.pool.configuration.issuer, clientIds: ["client-1"])
        configuration.tokenUses = [.id]
        let published = try JSONDecoder().decode(JSONWebKeySet.self, from: fixture.pool.keySet.encoded())
        let verifier = TokenVerifier(configuration: configuration, keys: await StaticTokenKeys(published), now: { fixture.clock.now })
        #expect(try await verifier.verify(tokens.idToken).username == "alice")
    }

    /// A pool that is opened again signs with the key that it had, so that nobody is signed out.
    @Test func tokensOutliveTheProcess() async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let tokens = try await fixture.client.signIn(username: "alice", password: PoolFixture.password)
        let again = try await UserPool(
            configuration: fixture.pool.configuration, users: fixture.store, keys: fixture.store, delivery: fixture.delivery,
            logger: fixture.pool.logger, now: { fixture.clock.now })
        #expect(try await again.tokenVerifier.verify(tokens.accessToken).username == "alice")
        #expect(try await again.refresh(clientId: "client-1", refreshToken: #require(tokens.refreshToken)).refreshToken == nil)
        #expect(again.keySet == fixture.pool.keySet)
    }

    private static func claims(_ token: String) throws -> [String: Any] {
        try Self.object(token, part: 1)
    }

    private static func object(_ token: String, part: Int) throws -> [String: Any] {
        let json = Data(try #require(Base64URL.decode(token.split(separator: ".")[part])))
        return try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    }
}

extension PoolFixture {
    func getUser(_ accessToken: String) async throws -> UserPoolMessages.GetUserResponse {
        let (response, body) = await self.post("GetUser", #"{"AccessToken":"\#(accessToken)"}"#)
        guard response.status == .ok else {
            let error = try JSONDecoder().decode(UserPoolMessages.ErrorResponse.self, from: Data(body))
            throw UserPoolError(UserPoolError.Code(rawValue: error.__type), error.message ?? "")
        }
        return try JSONDecoder().decode(UserPoolMessages.GetUserResponse.self, from: Data(body))
    }
}
