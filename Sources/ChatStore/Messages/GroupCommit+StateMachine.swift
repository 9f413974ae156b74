extension GroupCommit {
    /// Decides what is committed when: everything that arrived while the last commit was under way goes into the next one.
    ///
    /// A commit costs about as much for one row as for hundreds (the disk's flush), so the busier it gets, the more rows share it.
    @usableFromInline
    struct StateMachine {
        @usableFromInline
        struct Entry: Sendable {
            @usableFromInline var message: NewMessage
            @usableFromInline var tag: Tag

            @inlinable
            init(message: NewMessage, tag: Tag) {
                self.message = message
                self.tag = tag
            }
        }

        @usableFromInline var waiting: [Entry] = []
        @usableFromInline var committing = false
        @usableFromInline var closed = false
        @usableFromInline var drainers: [CheckedContinuation<Void, Never>] = []
        @usableFromInline let maximumBatch: Int
        @usableFromInline let maximumWaiting: Int

        @inlinable
        init(maximumBatch: Int, maximumWaiting: Int) {
            self.maximumBatch = maximumBatch
            self.maximumWaiting = maximumWaiting
        }

        @usableFromInline
        enum SubmitAction {
            /// Somebody is committing already and will come to it.
            case none
            /// Nobody is: start.
            case startCommitting
            case refuse(StoreError)
        }

        @inlinable
        mutating func submit(_ entry: Entry) -> SubmitAction {
            guard !self.closed else { return .refuse(StoreError(.closed, "The store takes no more messages.")) }
            guard self.waiting.count < self.maximumWaiting else {
                return .refuse(StoreError(.overloaded, "Too many messages wait to be committed."))
            }
            self.waiting.append(entry)
            guard !self.committing else { return .none }
            self.committing = true
            return .startCommitting
        }

        @usableFromInline
        enum NextAction {
            case commit([Entry])
            /// Nothing waits. Whoever was committing stops; those who waited for that are told.
            case stop([CheckedContinuation<Void, Never>])
        }

        @inlinable
        mutating func next() -> NextAction {
            guard !self.waiting.isEmpty else {
                self.committing = false
                defer { self.drainers = [] }
                return .stop(self.drainers)
            }
            if self.waiting.count <= self.maximumBatch {
                defer {
                    self.waiting = []
                    self.waiting.reserveCapacity(self.maximumBatch)
                }
                return .commit(self.waiting)
            }
            defer { self.waiting.removeFirst(self.maximumBatch) }
            return .commit(Array(self.waiting.prefix(self.maximumBatch)))
        }

        /// - Returns: whether the caller has nothing to wait for.
        @inlinable
        mutating func close(_ drainer: CheckedContinuation<Void, Never>) -> Bool {
            self.closed = true
            guard self.committing else { return true }
            self.drainers.append(drainer)
            return false
        }
    }
}
