import LambdaHost
import Synchronization

/// Keeps what a host logs, and lets a test wait for a line.
final class LogRecorder: Sendable {
    private struct State {
        var lines: [LambdaLogLine] = []
        var waiting: [(matches: @Sendable (LambdaLogLine) -> Bool, continuation: CheckedContinuation<LambdaLogLine, Never>)] = []
    }

    private let state = Mutex(State())

    var lines: [LambdaLogLine] { self.state.withLock { $0.lines } }
    var texts: [String] { self.lines.map(\.text) }

    func record(_ line: LambdaLogLine) {
        let resumed = self.state.withLock { state in
            state.lines.append(line)
            let resumed = state.waiting.filter { $0.matches(line) }
            state.waiting.removeAll { $0.matches(line) }
            return resumed
        }
        for waiter in resumed { waiter.continuation.resume(returning: line) }
    }

    /// The first line that begins so, were it there already.
    func line(startingWith prefix: String) async -> LambdaLogLine {
        await withCheckedContinuation { continuation in
            let found = self.state.withLock { state -> LambdaLogLine? in
                if let line = state.lines.first(where: { $0.text.hasPrefix(prefix) }) { return line }
                state.waiting.append(({ $0.text.hasPrefix(prefix) }, continuation))
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }
}
