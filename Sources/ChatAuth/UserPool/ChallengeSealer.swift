import ChatProtocol
import Crypto
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Carries what the pool must remember of a sign-in between its two halves inside of the challenge itself, sealed.
///
/// So a sign-in that nobody finishes costs no memory. The key lives as long as the process: a restart in the middle of a
/// sign-in means to start over.
final class ChallengeSealer: Sendable {
    /// What has to be remembered.
    struct Challenge: Codable {
        var username: String
        var clientId: String
        /// Whether there is such a user. If not, the exchange goes on with a made-up verifier and fails at its end.
        var isReal: Bool
        var clientPublic: [UInt8]
        var serverSecret: [UInt8]
        var expiresAt: Int64
    }

    /// Used challenges that are remembered until they expire. Past it the sign-ins of that moment have to be tried again.
    private static let maximumUsed = 100_000

    private let key = SymmetricKey(size: .bits256)
    private let used = Mutex<[[UInt8]: Int64]>([:])

    func seal(_ challenge: Challenge) throws -> [UInt8] {
        let box = try AES.GCM.seal(JSONEncoder().encode(challenge), using: self.key)
        guard let combined = box.combined else { throw UserPoolError(.internalError, "The challenge could not be made.") }
        return Array(combined)
    }

    /// Opens a challenge once.
    ///
    /// - Returns: nil if it is not one of this pool's, has expired, or was opened before.
    func open(_ block: [UInt8], now: Timestamp) -> Challenge? {
        guard let box = try? AES.GCM.SealedBox(combined: block),
            let json = try? AES.GCM.open(box, using: self.key),
            let challenge = try? JSONDecoder().decode(Challenge.self, from: json),
            challenge.expiresAt > now.millisecondsSinceEpoch
        else { return nil }
        let nonce = Array(box.nonce)
        return self.used.withLock { used in
            if used.count >= Self.maximumUsed {
                used = used.filter { $0.value > now.millisecondsSinceEpoch }
                guard used.count < Self.maximumUsed else { return nil }
            }
            guard used.updateValue(challenge.expiresAt, forKey: nonce) == nil else { return nil }
            return challenge
        }
    }
}
