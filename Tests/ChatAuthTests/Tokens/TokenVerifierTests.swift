import ChatProtocol
import Foundation
import Testing

@testable import ChatAuth

struct TokenVerifierTests {
    let clock = ManualClock()
    let forge = TokenForge.shared

    private func verify(
        _ token: String, _ change: (inout TokenVerifier.Configuration) -> Void = { _ in }
    ) async throws -> VerifiedToken {
        var configuration = TokenVerifier.Configuration(issuer: TokenForge.issuer, clientIds: ["client-0", "client-1"])
        change(&configuration)
        let keys = await StaticTokenKeys(try self.forge.keySet())
        return try await TokenVerifier(configuration: configuration, keys: keys, now: { self.clock.now }).verify(token)
    }

    private func expect(_ error: TokenError, _ token: String, sourceLocation: SourceLocation = #_sourceLocation) async {
        await #expect(throws: error, sourceLocation: sourceLocation) { try await self.verify(token) }
    }

    @Test func aRightTokenSaysWhoItIsFor() async throws {
        let expected = VerifiedToken(
            subject: "sub-1", username: "alice", tokenUse: .access, clientId: "client-1",
            expiresAt: Timestamp(millisecondsSinceEpoch: 1_795_507_200_000))
        #expect(try await self.verify(self.forge.accessToken()) == expected)
    }

    @Test func anIDTokenHasToBeAskedFor() async throws {
        let token = try self.forge.idToken()
        await self.expect(.tokenUse, token)
        let verified = try await self.verify(token) { $0.tokenUses = [.id] }
        #expect(verified.tokenUse == .id)
        #expect(verified.username == "alice")
        #expect(verified.clientId == "client-1")
        await #expect(throws: TokenError.tokenUse) { try await self.verify(self.forge.accessToken()) { $0.tokenUses = [.id] } }
    }

    @Test func itHoldsUntilItExpires() async throws {
        let token = try self.forge.accessToken()
        self.clock.advance(by: .seconds(3599))
        _ = try await self.verify(token)
        self.clock.advance(by: .seconds(1))
        await self.expect(.expired, token)
        _ = try await self.verify(token) { $0.leeway = .seconds(1) }
        self.clock.advance(by: .seconds(1))
        await #expect(throws: TokenError.expired) { try await self.verify(token) { $0.leeway = .seconds(1) } }
    }

    @Test func itHoldsFromWhenItSays() async throws {
        let token = try self.forge.accessToken { $0["nbf"] = 1_795_503_660 }
        await self.expect(.notYetValid, token)
        _ = try await self.verify(token) { $0.leeway = .seconds(60) }
        self.clock.advance(by: .seconds(60))
        _ = try await self.verify(token)
    }

    @Test(arguments: ["\(TokenForge.issuer)/", "https://evil.example", "", "eu-central-1_Test", TokenForge.issuer.uppercased()])
    func theIssuerIsExact(_ issuer: String) async throws {
        await self.expect(.issuer, try self.forge.accessToken { $0["iss"] = issuer })
    }

    @Test(arguments: ["client-2", "", "client-1 ", "CLIENT-1"])
    func theApplicationIsOneOfOurs(_ client: String) async throws {
        await self.expect(.audience, try self.forge.accessToken { $0["client_id"] = client })
        let idToken = try self.forge.idToken { $0["aud"] = client }
        await #expect(throws: TokenError.audience) { try await self.verify(idToken) { $0.tokenUses = [.id] } }
    }

    /// An access token names its application in `client_id` alone, an ID token in `aud` alone.
    @Test func theApplicationStandsWhereItBelongs() async throws {
        await self.expect(
            .audience,
            try self.forge.accessToken {
                $0["client_id"] = nil
                $0["aud"] = "client-1"
            })
        let idToken = try self.forge.idToken {
            $0["aud"] = nil
            $0["client_id"] = "client-1"
        }
        await #expect(throws: TokenError.audience) { try await self.verify(idToken) { $0.tokenUses = [.id] } }
    }

    @Test func anAudienceMayBeSeveral() async throws {
        let right = try self.forge.idToken { $0["aud"] = ["other", "client-0"] }
        #expect(try await self.verify(right) { $0.tokenUses = [.id] }.clientId == "client-0")
        let wrong = try self.forge.idToken { $0["aud"] = ["other"] }
        await #expect(throws: TokenError.audience) { try await self.verify(wrong) { $0.tokenUses = [.id] } }
    }

    @Test(arguments: ["refresh", "", "Access"])
    func theUseIsOneThatIsAccepted(_ use: String) async throws {
        await self.expect(.tokenUse, try self.forge.accessToken { $0["token_use"] = use })
    }

    @Test(arguments: ["sub", "iss", "token_use", "exp"])
    func noClaimIsAssumed(_ name: String) async throws {
        await self.expect(.malformed, try self.forge.accessToken { $0[name] = nil })
        await self.expect(.malformed, try self.forge.accessToken { $0[name] = [1] })
        await self.expect(.malformed, try self.forge.accessToken { $0[name] = NSNull() })
    }

    @Test func anEmptySubjectIsNobody() async throws {
        await self.expect(.malformed, try self.forge.accessToken { $0["sub"] = "" })
    }

    @Test(arguments: [1e300, -1e300, 1e18])
    func anExpiryBeyondAllTimeIsNoCrash(_ expiry: Double) async throws {
        await self.expect(.malformed, try self.forge.accessToken { $0["exp"] = expiry })
    }

    @Test func anExpiryMayHaveAFraction() async throws {
        let token = try self.forge.accessToken { $0["exp"] = 1_795_503_600.5 }
        #expect(try await self.verify(token).expiresAt.millisecondsSinceEpoch == 1_795_503_600_500)
    }
}
