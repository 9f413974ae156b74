import ChatClient
import Synchronization

/// A user's tokens: another after each that was discarded.
final class NumberedTokens: AccessTokenSource {
    private let name: String
    private let discarded = Mutex(0)
    private let failure: (any Error)?

    init(_ name: String, failure: (any Error)? = nil) {
        self.name = name
        self.failure = failure
    }

    var discards: Int { self.discarded.withLock { $0 } }

    func accessToken() async throws -> String {
        if let failure { throw failure }
        return "\(self.name).\(self.discards + 1)"
    }

    func discardAccessToken() async { self.discarded.withLock { $0 += 1 } }
}
