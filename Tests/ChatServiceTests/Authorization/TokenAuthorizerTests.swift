import ChatProtocol
import ChatService
import ChatStore
import Testing

@testable import ChatAuth

/// What a verifier finds becomes a user or an HTTP status.
struct TokenAuthorizerTests {
    private static let issuer = "https://issuer.example/pool"

    /// An issuer whose keys cannot be had.
    private struct NoKeys: TokenKeySource {
        func key(id: String) async throws(TokenError) -> TokenKey? { throw .keysUnavailable }
    }

    /// An issuer that has none.
    private struct EmptyKeys: TokenKeySource {
        func key(id: String) async throws(TokenError) -> TokenKey? { nil }
    }

    private static func authorizer(_ keys: any TokenKeySource, clock: ManualClock = ManualClock()) -> TokenAuthorizer {
        TokenAuthorizer(
            TokenVerifier(configuration: .init(issuer: self.issuer, clientIds: ["client-1"]), keys: keys, now: { clock.now }))
    }

    private static func unsigned(_ header: String) -> String {
        Base64URL.encode(Array(header.utf8)) + ".e30.AA"
    }

    @Test func aGoodTokenLetsItsUserInUntilItExpires() async throws {
        let clock = ManualClock()
        let signer = try await TokenSigner(TokenSigner.makeKey(pool: "pool", now: clock.now))
        let now = clock.now.millisecondsSinceEpoch / 1000
        let token = try await signer.sign(
            TokenClaims(
                sub: "sub-alice", iss: Self.issuer, token_use: .access, exp: now + 3600, iat: now, auth_time: now, jti: "j",
                origin_jti: "o", username: "alice", client_id: "client-1"))
        let authorizer = Self.authorizer(await StaticTokenKeys(signer.keySet), clock: clock)
        let expected = ConnectedUser(sender: .alice, expiresAt: clock.now + .seconds(3600))
        #expect(try await authorizer.authorize(ConnectRequest(authorization: "Bearer \(token)")) == expected)
        #expect(try await authorizer.authorize(ConnectRequest(subprotocols: ["chat.v1", "bearer.\(token)"])) == expected)
        #expect(try await authorizer.authorize(ConnectRequest(queryToken: token)) == expected)

        clock.advance(by: .seconds(3600))
        await #expect(throws: ConnectRejection(status: 401, reason: "expired")) {
            try await authorizer.authorize(ConnectRequest(queryToken: token))
        }
    }

    @Test(arguments: [
        (ConnectRequest(), "missing"), (ConnectRequest(authorization: "Basic QTpC", queryToken: "x"), "missing"),
        (ConnectRequest(queryToken: "x"), "malformed"), (ConnectRequest(queryToken: text(8193)), "tooLong"),
        (ConnectRequest(queryToken: Self.unsigned(#"{"alg":"none"}"#)), "algorithm"),
        (ConnectRequest(queryToken: Self.unsigned(#"{"alg":"RS256","kid":"k"}"#)), "unknownKey"),
    ])
    func aBadTokenIs401(_ request: ConnectRequest, _ reason: String) async {
        await #expect(throws: ConnectRejection(status: 401, reason: reason)) {
            try await Self.authorizer(EmptyKeys()).authorize(request)
        }
    }

    /// The token may be good: to be told 401 would have the client throw it away.
    @Test func keysThatCannotBeHadAre503() async {
        await #expect(throws: ConnectRejection(status: 503, reason: "keysUnavailable")) {
            try await Self.authorizer(NoKeys()).authorize(ConnectRequest(queryToken: Self.unsigned(#"{"alg":"RS256","kid":"k"}"#)))
        }
    }
}
