/// Appends single messages from many tasks, sharing commits among them.
public struct MessageAppender: Sendable {
    private let commits: GroupCommit<CheckedContinuation<Result<AppendOutcome, StoreError>, Never>>

    public init(store: any MessageStore) {
        self.commits = GroupCommit(store: store) { committed in
            for entry in committed { entry.tag.resume(returning: entry.result) }
        }
    }

    /// Returns when the message is durable.
    ///
    /// - Throws: ``StoreError``; then nothing was kept.
    public func append(_ message: NewMessage) async throws(StoreError) -> AppendOutcome {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<AppendOutcome, StoreError>, Never>) in
            do throws(StoreError) {
                try self.commits.submit(message, tag: continuation)
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Takes no more messages, and returns when those that were taken are committed.
    public func close() async {
        await self.commits.close()
    }
}
