import ChatProtocol

extension CachedCredentials {
    /// Which credentials to hand out, when to fetch new ones, and who waits for them.
    struct StateMachine<Waiter: Sendable> {
        private var current: AWSCredentials?
        private var isRefreshing = false
        private var failedAt: Timestamp?
        private var waiters: [Int: Waiter] = [:]
        private var nextId = 0

        enum Action {
            case use(AWSCredentials)
            /// Somebody fetches already; the waiter is kept.
            case wait
            /// The waiter is kept, and its owner has to fetch.
            case refresh
        }

        mutating func newId() -> Int {
            self.nextId += 1
            return self.nextId
        }

        /// The credentials that are good for a while, or those that are still valid just after a refresh failed.
        func usable(at time: Timestamp) -> AWSCredentials? {
            guard let current else { return nil }
            guard let expiresAt = current.expiresAt else { return current }
            if time < expiresAt.before(CachedCredentials.refreshWindow) { return current }
            guard time < expiresAt, let failedAt, time < failedAt.before(.zero - CachedCredentials.retryInterval), time >= failedAt else {
                return nil
            }
            return current
        }

        mutating func request(id: Int, waiter: Waiter, at time: Timestamp) -> Action {
            if let current = self.usable(at: time) { return .use(current) }
            self.waiters[id] = waiter
            guard !self.isRefreshing else { return .wait }
            self.isRefreshing = true
            return .refresh
        }

        /// - Returns: the waiter, if it still waits. The fetch goes on, since others may wait for it.
        mutating func cancel(id: Int) -> Waiter? {
            self.waiters.removeValue(forKey: id)
        }

        /// Ends a fetch.
        ///
        /// - Returns: who waits, and what to tell them: after a failure the old credentials, as long as they are valid.
        mutating func finish(
            _ result: Result<AWSCredentials, any Error>, at time: Timestamp
        ) -> (waiters: [Waiter], result: Result<AWSCredentials, any Error>) {
            defer {
                self.waiters = [:]
                self.isRefreshing = false
            }
            let waiting = Array(self.waiters.values)
            switch result {
            case .success(let credentials):
                self.current = credentials
                self.failedAt = nil
                return (waiting, result)
            case .failure:
                guard let current, let expiresAt = current.expiresAt, time < expiresAt else { return (waiting, result) }
                self.failedAt = time
                return (waiting, .success(current))
            }
        }
    }
}

extension Timestamp {
    fileprivate func before(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(millisecondsSinceEpoch: self.millisecondsSinceEpoch - seconds * 1000 - attoseconds / 1_000_000_000_000_000)
    }
}
