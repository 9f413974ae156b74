import ChatProtocol
import ChatStore
import Synchronization

/// A clock that stands still until a test moves it.
final class ManualClock: Sendable {
    private let moved = Mutex(Duration.zero)
    private let start: Timestamp

    init(_ start: String = "2026-11-24T07:00:00.000Z") {
        self.start = Timestamp(start) ?? .now()
    }

    var now: Timestamp { self.start + self.moved.withLock { $0 } }

    func advance(by duration: Duration) {
        self.moved.withLock { $0 += duration }
    }
}
