import ChatProtocol

/// Limits how many confirmation codes a name is sent: each one is another few guesses, and a message in somebody's inbox.
///
/// A name is one that was asked for, whether a user has it or not. It holds in this process; several share no count.
struct CodeThrottle {
    private struct Window {
        var startedAt: Timestamp
        var count: Int
    }

    /// Codes in a window.
    static let maximumCodes = 5
    /// How long a window is, in milliseconds: an hour.
    static let window: Int64 = 3_600_000
    /// Names that are remembered. Past it those are dropped whose window is over, and if that is not enough no further name is sent a code.
    static let maximumNames = 10_000

    private var windows: [String: Window] = [:]

    /// - Returns: whether another code may be sent.
    mutating func admit(_ name: String, now: Timestamp) -> Bool {
        func isOver(_ window: Window) -> Bool { now.millisecondsSinceEpoch - window.startedAt.millisecondsSinceEpoch >= Self.window }
        if self.windows[name] == nil, self.windows.count >= Self.maximumNames {
            self.windows = self.windows.filter { !isOver($0.value) }
            guard self.windows.count < Self.maximumNames else { return false }
        }
        var window = self.windows[name] ?? Window(startedAt: now, count: 0)
        if isOver(window) { window = Window(startedAt: now, count: 0) }
        guard window.count < Self.maximumCodes else { return false }
        window.count += 1
        self.windows[name] = window
        return true
    }
}
