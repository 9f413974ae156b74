public import Synchronization

/// Gathers messages from many senders into few commits, keeping their order.
///
/// `Tag` is whatever the caller needs to carry on with when a message is durable: a continuation, a connection.
/// For one message at a time there is ``MessageAppender``, which awaits.
///
/// It is inlinable so that it is compiled for the tag of its user: code for any tag would look up what it is at every step.
public final class GroupCommit<Tag: Sendable>: Sendable {
    /// One message of a commit, and what became of it.
    public struct Committed: Sendable {
        public var message: NewMessage
        public var tag: Tag
        public var result: Result<AppendOutcome, StoreError>

        @inlinable
        init(message: NewMessage, tag: Tag, result: Result<AppendOutcome, StoreError>) {
            self.message = message
            self.tag = tag
            self.result = result
        }
    }

    @usableFromInline let store: any MessageStore
    @usableFromInline let onCommit: @Sendable ([Committed]) -> Void
    @usableFromInline let machine: Mutex<StateMachine>

    /// - Parameters:
    ///   - maximumBatch: the most messages in one commit, at least 1. Default 512. Bounds how long one commit takes. A store that takes fewer
    ///     (``MessageStore/maximumAppend``) is given fewer.
    ///   - maximumWaiting: the most messages that wait for a commit. Default 65,536. Bounds memory when the disk is slow.
    ///   - onCommit: called after each commit, one call at a time and in the order of the commits.
    @inlinable
    public init(
        store: any MessageStore,
        maximumBatch: Int = 512,
        maximumWaiting: Int = 65_536,
        onCommit: @escaping @Sendable ([Committed]) -> Void
    ) {
        precondition(maximumBatch > 0 && maximumWaiting > 0)
        self.store = store
        self.onCommit = onCommit
        self.machine = Mutex(StateMachine(maximumBatch: max(1, min(maximumBatch, store.maximumAppend)), maximumWaiting: maximumWaiting))
    }

    /// Puts a message into the next commit. Does not block.
    ///
    /// - Throws: ``StoreError`` with `overloaded` or `closed`; then `onCommit` will not hear of the message.
    @inlinable
    public func submit(_ message: NewMessage, tag: Tag) throws(StoreError) {
        let action = self.machine.withLock { $0.submit(.init(message: message, tag: tag)) }
        switch action {
        case .none: break
        case .startCommitting: self.commitNext()
        case .refuse(let error): throw error
        }
    }

    /// Puts several messages into the next commit, or the next ones. Does not block.
    ///
    /// Whoever has several at one time hands them over together: handed over one by one, the first may be committed alone.
    ///
    /// - Returns: those that were refused, with the reason, as ``submit(_:tag:)`` throws it; `onCommit` will not hear of them.
    @inlinable
    public func submit(_ entries: [(message: NewMessage, tag: Tag)]) -> [(tag: Tag, error: StoreError)] {
        var starts = false
        var refused: [(tag: Tag, error: StoreError)] = []
        self.machine.withLock { machine in
            for (message, tag) in entries {
                switch machine.submit(.init(message: message, tag: tag)) {
                case .none: break
                case .startCommitting: starts = true
                case .refuse(let error): refused.append((tag, error))
                }
            }
        }
        if starts { self.commitNext() }
        return refused
    }

    /// Takes no more messages, and returns when those that were taken are committed.
    @inlinable
    public func close() async {
        await withCheckedContinuation { continuation in
            if self.machine.withLock({ $0.close(continuation) }) { continuation.resume() }
        }
    }

    /// Commits what waits, then what has come in the meantime, until nothing waits.
    @inlinable
    func commitNext() {
        switch self.machine.withLock({ $0.next() }) {
        case .commit(let entries):
            self.store.append(entries.map { $0.message }) { result in
                self.onCommit(Self.committed(entries, result))
                self.commitNext()
            }
        case .stop(let drainers):
            for drainer in drainers { drainer.resume() }
        }
    }

    @inlinable
    static func committed(_ entries: [StateMachine.Entry], _ result: Result<[AppendOutcome], any Error>) -> [Committed] {
        do {
            let outcomes = try result.get()
            // A store of somebody else's may be wrong, and a tag that is never heard of again is a sender who waits for ever.
            guard outcomes.count == entries.count else {
                throw StoreError(.failed, "The store answered for \(outcomes.count) of \(entries.count) messages.")
            }
            return zip(entries, outcomes).map { Committed(message: $0.message, tag: $0.tag, result: .success($1)) }
        } catch {
            let failure = error as? StoreError ?? StoreError(.failed, "The messages could not be kept.", underlying: error)
            return entries.map { Committed(message: $0.message, tag: $0.tag, result: .failure(failure)) }
        }
    }
}
