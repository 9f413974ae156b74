import Foundation
import Testing

@testable import ChatAuth

struct JSONWebKeySetTests {
    @Test func isWrittenAsCognitoWritesIt() async throws {
        let keySet = try await TokenForge.shared.keySet()
        let object = try #require(try JSONSerialization.jsonObject(with: keySet.encoded()) as? [String: [[String: String]]])
        let key = try #require(object["keys"]?.first)
        #expect(Set(key.keys) == ["alg", "e", "kid", "kty", "n", "use"])
        #expect(key["alg"] == "RS256" && key["kty"] == "RSA" && key["use"] == "sig" && key["e"] == "AQAB")
        #expect(key["kid"] == TokenForge.shared.keyId)
        #expect(try Base64URL.decode(#require(key["n"]))?.count == 256)
        #expect(!String(decoding: keySet.encoded(), as: UTF8.self).contains("PRIVATE"))
    }

    @Test func isReadBack() async throws {
        let keySet = try await TokenForge.shared.keySet()
        #expect(try JSONDecoder().decode(JSONWebKeySet.self, from: keySet.encoded()) == keySet)
        #expect(await StaticTokenKeys(keySet).holds(TokenForge.shared.keyId))
    }

    /// Keys of other kinds stand beside RSA ones in an issuer's set, and must not serve in their place.
    @Test func keysOfOtherKindsArePassedOver() async throws {
        let right = try await TokenForge.shared.keySet().keys[0]
        let changes: [(inout JSONWebKeySet.Key) -> Void] = [
            { $0.kty = "EC" }, { $0.kty = "oct" }, { $0.alg = "RS512" }, { $0.alg = "RSA-OAEP" }, { $0.use = "enc" }, { $0.kid = nil },
            { $0.n = nil }, { $0.e = nil },
        ]
        for change in changes {
            var other = right
            change(&other)
            #expect(await !StaticTokenKeys(JSONWebKeySet(keys: [other])).holds(right.kid ?? ""))
        }
        var plain = right
        plain.alg = nil
        plain.use = nil
        let set = JSONWebKeySet(keys: [plain])
        #expect(await StaticTokenKeys(set).holds(right.kid ?? ""))
    }
}

extension StaticTokenKeys {
    fileprivate func holds(_ id: String) async -> Bool {
        (try? await self.key(id: id)) != nil
    }
}
