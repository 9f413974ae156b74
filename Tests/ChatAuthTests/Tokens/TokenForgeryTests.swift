import ChatProtocol
import Crypto
import Foundation
import Testing

@testable import ChatAuth

/// The known ways to get past a verifier (RFC 8725 section 2).
struct TokenForgeryTests {
    let forge = TokenForge.shared

    private func verifier() async throws -> TokenVerifier {
        let clock = ManualClock()
        return TokenVerifier(
            configuration: .init(issuer: TokenForge.issuer, clientIds: ["client-1"]), keys: await StaticTokenKeys(try self.forge.keySet()),
            now: { clock.now })
    }

    private func expect(_ error: TokenError, _ token: String, sourceLocation: SourceLocation = #_sourceLocation) async {
        await #expect(throws: error, sourceLocation: sourceLocation) { try await self.verifier().verify(token) }
    }

    /// Header and payload of a right token.
    private func parts() throws -> [String] {
        try self.forge.accessToken().split(separator: ".").map(String.init)
    }

    @Test(arguments: ["none", "None", "NONE", "nOnE", "", "RS384", "RS512", "PS256", "ES256", "HS256", "rs256", "RS256 "])
    func theAlgorithmIsNotTheTokensChoice(_ algorithm: String) async throws {
        let header = #"{"alg":"\#(algorithm)","kid":"\#(self.forge.keyId)"}"#
        await self.expect(.algorithm, try self.forge.accessToken(header: header))
        let payload = try self.parts()[1]
        await self.expect(.algorithm, Base64URL.encode(Array(header.utf8)) + "." + payload + ".")
    }

    @Test(arguments: [#"{"kid":"KID"}"#, #"{"alg":null,"kid":"KID"}"#])
    func anAlgorithmIsNeeded(_ header: String) async throws {
        await self.expect(.algorithm, try self.forge.accessToken(header: header.replacing("KID", with: self.forge.keyId)))
    }

    /// The public key is known to everybody; as the secret of an HMAC it would let everybody sign.
    @Test func anHMACWithThePublicKeyIsNoSignature() async throws {
        let payload = try self.parts()[1]
        for algorithm in ["HS256", "RS256"] {
            let signed = Base64URL.encode(Array(#"{"alg":"\#(algorithm)","kid":"\#(self.forge.keyId)"}"#.utf8)) + "." + payload
            let key = SymmetricKey(data: Data(self.forge.publicKeyPEM.utf8))
            let signature = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key)
            let token = signed + "." + Base64URL.encode(signature)
            if algorithm == "HS256" {
                await self.expect(.algorithm, token)
            } else {
                await #expect(throws: TokenError.self) { try await self.verifier().verify(token) }
            }
        }
    }

    @Test func theKeyIsOneOfTheIssuers() async throws {
        await self.expect(.unknownKey, try self.forge.accessToken(header: #"{"alg":"RS256","kid":"other"}"#))
        await self.expect(.unknownKey, try self.forge.accessToken(header: #"{"alg":"RS256","kid":""}"#))
        await self.expect(.unknownKey, try self.forge.accessToken(header: #"{"alg":"RS256"}"#))
        await self.expect(.unknownKey, try self.forge.accessToken(header: #"{"alg":"RS256","kid":null}"#))
    }

    /// Somebody else's key under the issuer's `kid`, and one that the token brings along (`jwk`).
    @Test func anotherKeysSignatureIsRefused() async throws {
        let other = TokenForge()
        let header = #"{"alg":"RS256","kid":"\#(self.forge.keyId)"}"#
        await self.expect(.signature, try other.accessToken(header: header))
        let keySet = try await other.keySet()
        let jwk = String(decoding: try JSONEncoder().encode(keySet.keys[0]), as: UTF8.self)
        await self.expect(.signature, try other.accessToken(header: #"{"alg":"RS256","kid":"\#(self.forge.keyId)","jwk":\#(jwk)}"#))
    }

    @Test func aChangedPayloadIsRefused() async throws {
        let parts = try self.parts()
        let other = try self.forge.accessToken { $0["username"] = "root" }.split(separator: ".")
        await self.expect(.signature, "\(parts[0]).\(other[1]).\(parts[2])")
    }

    @Test func aChangedHeaderIsRefused() async throws {
        let parts = try self.parts()
        let header = Base64URL.encode(Array(#"{"alg":"RS256","kid":"\#(self.forge.keyId)","typ":"JWT"}"#.utf8))
        await self.expect(.signature, "\(header).\(parts[1]).\(parts[2])")
    }

    @Test(arguments: [0, 100, 255])
    func aChangedSignatureIsRefused(_ index: Int) async throws {
        let parts = try self.parts()
        var signature = try #require(Base64URL.decode(parts[2]))
        signature[index] ^= 1
        await self.expect(.signature, "\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))")
    }

    @Test(arguments: [0, 1, 255, 257])
    func aSignatureOfAnotherLengthIsRefused(_ count: Int) async throws {
        let parts = try self.parts()
        let signature = Array((try #require(Base64URL.decode(parts[2])) + [0]).prefix(count))
        await #expect(throws: TokenError.self) {
            try await self.verifier().verify("\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))")
        }
    }
}
