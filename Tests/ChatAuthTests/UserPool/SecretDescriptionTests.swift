import ChatProtocol
import ChatStore
import Testing

@testable import ChatAuth

/// What is printed ends up in a log, and a log is no place for a secret.
struct SecretDescriptionTests {
    private static func everyDescription(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        dump(["key": value], to: &dumped)
        return [dumped, String(describing: value), String(reflecting: value), "\(value)", "\([value])", "\(Optional(value) as Any)"]
            .joined(separator: "\n")
    }

    @Test func tokens() {
        let tokens = TokenSet(idToken: "secret-id", accessToken: "secret-access", refreshToken: "secret-refresh", expiresIn: .seconds(60))
        let text = Self.everyDescription(tokens)
        #expect(!text.contains("secret"))
        #expect(text.contains("60"))
    }

    @Test func signingKeys() {
        let key = SigningKeyRecord(pool: "pool-1", keyId: "key-1", privateKeyPEM: "secret", createdAt: Timestamp(millisecondsSinceEpoch: 0))
        let text = Self.everyDescription(key)
        #expect(!text.contains("secret"))
        #expect(text.contains("key-1") && text.contains("pool-1"))
    }
}
