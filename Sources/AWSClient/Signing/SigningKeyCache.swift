import Crypto
import Synchronization

/// The signing key that was derived last. It changes once a day or with the credentials, while its derivation costs as much as the rest
/// of a signature.
final class SigningKeyCache: Sendable {
    private struct Entry {
        var scope: SigningScope
        var secret: String
        var key: SymmetricKey
    }

    private let entry = Mutex<Entry?>(nil)

    func key(scope: SigningScope, secret: String) -> SymmetricKey {
        let cached = self.entry.withLock { $0 }
        if let cached, cached.scope == scope, cached.secret == secret { return cached.key }
        let key = scope.key(secret: secret)
        self.entry.withLock { $0 = Entry(scope: scope, secret: secret, key: key) }
        return key
    }
}
