public import ChatProtocol
public import ChatStore
import Synchronization

extension DynamoDBStore: MessageStore {
    /// 50: one transaction has at most 100 items, and a message with a `clientMessageId` is two.
    public var maximumAppend: Int { 50 }

    /// Appends messages, all or none.
    ///
    /// One transaction has at most 100 items and 4 MB, and each `clientMessageId` is an item. A message and its attributes have at most
    /// 400 KB.
    ///
    /// - Throws: ``StoreError`` with `failed` also for more than that; then nothing was kept.
    public func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
        guard !messages.isEmpty else { return [] }
        var plan = AppendPlan(messages)
        return try await self.mappingErrors {
            let table = try Self.name(self.tables.messages, "messages")
            return try await self.rooms.withLocks(plan.rooms) {
                var attempts = self.backoff.attempts()
                while true {
                    let attempt = plan.attempt(newest: try await self.newest(of: plan.rooms, in: table))
                    if attempt.runs.isEmpty { return attempt.outcomes }
                    switch try await self.commit(attempt, to: table) {
                    case .committed: return attempt.outcomes
                    case .repeated(let receipts): plan.learn(receipts)
                    case .lost:
                        guard try await attempts.wait() else { throw StoreError(.overloaded, "Too many write to the room at once.") }
                    }
                }
            }
        }
    }

    public func position(room: String) async throws -> RoomPosition {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.messages, "messages")
            // One after the other: the epoch is known after the first time.
            let epoch = try await self.currentEpoch(in: table)
            return RoomPosition(room: room, sequence: try await self.newestRun(of: room, in: table)?.last ?? 0, epoch: epoch)
        }
    }

    private func newest(of rooms: [String], in table: String) async throws -> [ExactString: Int64] {
        var newest: [ExactString: Int64] = [:]
        for room in rooms { newest[ExactString(room)] = try await self.newestRun(of: room, in: table)?.last ?? 0 }
        return newest
    }

    /// The run of the room's newest messages, or the nearest that begins at `sequence` or before.
    func newestRun(of room: String, beginningAtMost sequence: Int64? = nil, in table: String) async throws -> MessageRun? {
        let page = try await self.client.queryPage(
            DynamoDBQuery(table, Self.roomKey(room, "<=", sequence), ascending: false, limit: 1))
        return try page.items.first.map { try MessageRun(room: room, item: $0) }
    }

    static func roomKey(_ room: String, _ comparison: String, _ sequence: Int64?) -> DynamoDBExpression {
        let partition = AttributeValue.string(MessageRun.partition(room: room))
        guard let sequence else { return DynamoDBExpression("#pk = :pk", names: ["#pk": "pk"], values: [":pk": partition]) }
        return DynamoDBExpression(
            "#pk = :pk AND #sk \(comparison) :sk", names: ["#pk": "pk", "#sk": "sk"],
            values: [":pk": partition, ":sk": MessageRun.sortKey(sequence)])
    }

    /// The epoch, which the first to ask for it makes up.
    func currentEpoch(in table: String) async throws -> String {
        if let epoch = self.epoch.withLock({ $0 }) { return epoch }
        let key: AttributeMap = ["pk": .string("epoch"), "sk": .string("epoch")]
        var item = try await self.client.getItem(key, from: table)
        if item == nil {
            do {
                try await self.client.write(.put(key.merging(["epoch": .string(StoreEpoch.random())]) { $1 }, into: table, if: .isNew))
            } catch let error as DynamoDBError where error.code == .conditionalCheckFailed {}
            item = try await self.client.getItem(key, from: table)
        }
        guard let epoch = item?["epoch"]?.string else { throw StoreError(.failed, "The store has no epoch.") }
        self.epoch.withLock { $0 = epoch }
        return epoch
    }
}
