extension DynamoDBClient {
    /// A write of a batch: without conditions, and each by itself.
    struct BatchWrite: Codable, Sendable, Hashable {
        struct Put: Codable, Sendable, Hashable { var Item: AttributeMap }
        struct Delete: Codable, Sendable, Hashable { var Key: AttributeMap }

        var PutRequest: Put?
        var DeleteRequest: Delete?

        static func put(_ item: AttributeMap) -> Self { Self(PutRequest: Put(Item: item)) }
        static func delete(_ key: AttributeMap) -> Self { Self(DeleteRequest: Delete(Key: key)) }
    }

    /// The most writes in one `BatchWriteItem`, and the most keys in one `BatchGetItem`.
    static let maximumBatchWrites = 25
    static let maximumBatchKeys = 100

    /// Carries out any number of writes, in batches; what DynamoDB leaves over is tried again, with growing waits.
    ///
    /// - Throws: ``DynamoDBError``, with `throttling` if DynamoDB still leaves some over at the last attempt. Then some were done.
    func batchWrite(_ writes: [BatchWrite], to table: String, backoff: Backoff) async throws {
        struct Request: Encodable { var RequestItems: [String: [BatchWrite]] }
        struct Answer: Decodable { var UnprocessedItems: [String: [BatchWrite]]? }
        for start in stride(from: 0, to: writes.count, by: Self.maximumBatchWrites) {
            var remaining = Array(writes[start..<min(start + Self.maximumBatchWrites, writes.count)])
            var attempts = backoff.attempts()
            while true {
                let answer = try await self.send("BatchWriteItem", Request(RequestItems: [table: remaining]), as: Answer.self)
                let left = answer.UnprocessedItems?[table] ?? []
                if left.isEmpty { break }
                // Progress is worth the same patience again.
                if left.count < remaining.count { attempts = backoff.attempts() }
                remaining = left
                guard try await attempts.wait() else {
                    throw DynamoDBError(.throttling, "\(remaining.count) writes of a batch were left over.", status: 400)
                }
            }
        }
    }

    /// Reads any number of items consistently, in batches; what DynamoDB leaves over is tried again, with growing waits.
    ///
    /// - Returns: the items that there are, in no order.
    /// - Throws: ``DynamoDBError``, with `throttling` if DynamoDB still leaves some over at the last attempt.
    func batchGet(_ keys: [AttributeMap], from table: String, backoff: Backoff) async throws -> [AttributeMap] {
        struct Keys: Codable {
            var Keys: [AttributeMap]
            var ConsistentRead: Bool?
        }
        struct Request: Encodable { var RequestItems: [String: Keys] }
        struct Answer: Decodable {
            var Responses: [String: [AttributeMap]]?
            var UnprocessedKeys: [String: Keys]?
        }
        var items: [AttributeMap] = []
        for start in stride(from: 0, to: keys.count, by: Self.maximumBatchKeys) {
            var remaining = Array(keys[start..<min(start + Self.maximumBatchKeys, keys.count)])
            var attempts = backoff.attempts()
            while true {
                let request = Request(RequestItems: [table: Keys(Keys: remaining, ConsistentRead: true)])
                let answer = try await self.send("BatchGetItem", request, as: Answer.self)
                items += answer.Responses?[table] ?? []
                let left = answer.UnprocessedKeys?[table]?.Keys ?? []
                if left.isEmpty { break }
                if left.count < remaining.count { attempts = backoff.attempts() }
                remaining = left
                guard try await attempts.wait() else {
                    throw DynamoDBError(.throttling, "\(remaining.count) keys of a batch were left over.", status: 400)
                }
            }
        }
        return items
    }
}
