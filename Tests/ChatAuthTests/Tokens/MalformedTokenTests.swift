import ChatProtocol
import Testing

@testable import ChatAuth

struct MalformedTokenTests {
    let forge = TokenForge.shared

    private func error(_ token: String) async throws -> TokenError? {
        let clock = ManualClock()
        let verifier = TokenVerifier(
            configuration: .init(issuer: TokenForge.issuer, clientIds: ["client-1"]), keys: await StaticTokenKeys(try self.forge.keySet()),
            now: { clock.now })
        return await #expect(throws: TokenError.self) { try await verifier.verify(token) }
    }

    @Test func noTokenIsMissing() async throws {
        #expect(try await self.error("") == .missing)
    }

    @Test func aTokenHasALength() async throws {
        #expect(try await self.error(String(repeating: "a", count: 8192)) == .malformed)
        #expect(try await self.error(String(repeating: "a", count: 8193)) == .tooLong)
        #expect(try await self.error(try self.forge.accessToken { $0["x"] = String(repeating: "a", count: 8192) }) == .tooLong)
    }

    @Test(arguments: [
        ".", "..", "...", "a", "a.b", "a.b.c", "a.b.c.d", "e30", "e30.e30", "e30.e30.e30.e30", "W10.e30.e30", "bnVsbA.e30.e30", "*.e30.e30",
        "{}.{}.", " ", "Bearer x", "é.é.é", "\u{0}.\u{0}.\u{0}",
    ])
    func whatHasNotThreePartsOfJSONIsMalformed(_ token: String) async throws {
        let error = try await self.error(token)
        #expect(error == .malformed || (error == .algorithm && token.hasPrefix("e30.")))
    }

    @Test(arguments: ["", "null", "[]", "1", "{", "\"a\"", "{}", "\u{FEFF}{}"])
    func aSignedPayloadThatIsNoObjectIsMalformed(_ payload: String) async throws {
        #expect(try await self.error(try self.forge.sign(payload: Array(payload.utf8))) == .malformed)
    }

    @Test func aSignedPayloadThatIsNotUTF8IsMalformed() async throws {
        #expect(try await self.error(try self.forge.sign(payload: [0xFF, 0xFE])) == .malformed)
    }

    @Test(arguments: ["{", "[]", "null", "", "{\"alg\":5}", "{\"alg\":\"RS256\",\"kid\":5}", "{\"alg\":\"RS256\",\"kid\":[]}"])
    func aHeaderThatCannotBeReadIsMalformed(_ header: String) async throws {
        #expect(try await self.error(try self.forge.accessToken(header: header)) == .malformed)
    }

    @Test func errorsHaveOneWordAndNoToken() async throws {
        let error = try #require(try await self.error("secret.secret.secret"))
        #expect(error.shortDescription == "malformed")
        #expect(!error.description.contains("secret"))
    }
}
