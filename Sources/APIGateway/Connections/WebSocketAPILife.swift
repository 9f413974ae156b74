import Synchronization

/// What an API still has to do before it may end: handshakes that were begun, connections, calls of `$disconnect`.
final class WebSocketAPILife: Sendable {
    private struct State {
        var isShuttingDown = false
        var tasks = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// - Returns: false if nothing new is begun any more.
    func begin() -> Bool {
        self.state.withLock { state in
            guard !state.isShuttingDown else { return false }
            state.tasks += 1
            return true
        }
    }

    func end() {
        let waiting = self.state.withLock { state in
            state.tasks -= 1
            guard state.tasks == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func beginShutDown() { self.state.withLock { $0.isShuttingDown = true } }

    func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            let isIdle = self.state.withLock { state in
                if state.tasks > 0 { state.waiting.append(continuation) }
                return state.tasks == 0
            }
            if isIdle { continuation.resume() }
        }
    }
}
