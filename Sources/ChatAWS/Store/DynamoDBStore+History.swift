public import ChatProtocol
public import ChatStore

extension DynamoDBStore {
    public func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.messages, "messages")
            var filling = HistoryFilling(range: range, limit: limit, maximumBytes: maximumBytes)
            let query: DynamoDBQuery
            switch range {
            case .newest: query = DynamoDBQuery(table, Self.roomKey(room, "<", nil), ascending: false)
            case .before(let sequence): query = DynamoDBQuery(table, Self.roomKey(room, "<", sequence), ascending: false)
            case .after(let sequence): query = DynamoDBQuery(table, Self.roomKey(room, ">", sequence))
            }
            try await self.client.query(query.limited(to: limit)) { items in
                for item in items {
                    filling.take(try MessageRun(room: room, item: item))
                    if filling.isFull { return false }
                }
                return true
            }
            // The page begins inside of a run, which begins before the page and so was not found.
            if let sequence = filling.missingBefore,
                let run = try await self.newestRun(of: room, beginningAtMost: sequence, in: table)
            {
                filling.takeFirst(run)
            }
            return filling.page(room: room)
        }
    }
}

extension DynamoDBQuery {
    /// Reads one item more than a page has messages at most, to know whether there are more.
    fileprivate func limited(to limit: Int) -> Self {
        var query = self
        query.Limit = min(limit, 999) + 1
        return query
    }
}
