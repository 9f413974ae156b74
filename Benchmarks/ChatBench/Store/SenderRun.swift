import ChatStore
import Synchronization

/// Senders that each have one message on its way: the next one goes when the receipt has come, as a connection's does.
///
/// They are what a gateway makes of connections: a tag in the commit, not a task.
final class SenderRun: Sendable {
    static let room = "bench"

    private struct State {
        var kept: Int64 = 0
        var inFlight = 0
        var isOver = false
        var failure: StoreError?
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let store: any MessageStore
    private let state = Mutex(State())
    private let senders: Int

    init(store: any MessageStore, senders: Int) {
        self.store = store
        self.senders = senders
    }

    /// - Returns: how many messages were acknowledged.
    func messages(until deadline: ContinuousClock.Instant) async throws -> Int64 {
        // The commit calls back before there is a constant to call it by.
        let box = Mutex<GroupCommit<Int>?>(nil)
        let commits = GroupCommit<Int>(store: self.store) { committed in
            guard let commits = box.withLock({ $0 }) else { return }
            self.committed(committed, commits: commits, deadline: deadline)
        }
        box.withLock { $0 = commits }
        self.state.withLock { $0.inFlight = self.senders }
        for sender in 0..<self.senders { self.submit(sender, to: commits) }
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                if state.inFlight == 0 { return true }
                state.waiting = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
        await commits.close()
        box.withLock { $0 = nil }
        let (kept, failure) = self.state.withLock { ($0.kept, $0.failure) }
        if let failure { throw failure }
        return kept
    }

    private func committed(
        _ committed: [GroupCommit<Int>.Committed], commits: GroupCommit<Int>, deadline: ContinuousClock.Instant
    ) {
        let isOver = ContinuousClock().now >= deadline
        var next: [Int] = []
        let waiting = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            for item in committed {
                switch item.result {
                case .success: state.kept += 1
                case .failure(let error): state.failure = error
                }
                if isOver || state.failure != nil {
                    state.inFlight -= 1
                } else {
                    next.append(item.tag)
                }
            }
            guard state.inFlight == 0 else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        for sender in next { self.submit(sender, to: commits) }
        waiting?.resume()
    }

    private func submit(_ sender: Int, to commits: GroupCommit<Int>) {
        do throws(StoreError) {
            try commits.submit(StoreBenchmark.message(sender: sender), tag: sender)
        } catch {
            self.state.withLock { state in
                state.failure = error
                state.inFlight -= 1
            }
        }
    }
}
