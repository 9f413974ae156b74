public import ChatProtocol
public import ChatStore

/// A refresh token is an item of its own, and a second item lists it by the time when it expires, so that the expired are found
/// without a scan. DynamoDB's time to live removes both in its own time; the sweep is for those who want it sooner.
extension DynamoDBStore {
    /// Partitions over which the list is spread. One takes 1,000 writes a second.
    private static let expiryPartitions: UInt8 = 16

    private static func tokenKey(_ digest: [UInt8]) -> AttributeMap {
        ["pk": .string(StoreKey.partition("token", Hexadecimal.encode(digest))), "sk": .string("token")]
    }

    private static func expiryPartition(_ index: UInt8) -> AttributeValue { .string("token-expiry#\(index)") }

    private static func expiryKey(_ digest: [UInt8], _ expiresAt: Timestamp) -> AttributeMap {
        [
            "pk": Self.expiryPartition((digest.first ?? 0) % Self.expiryPartitions),
            "sk": .string(StoreKey.sort(StoreKey.sortable(expiresAt.millisecondsSinceEpoch), Hexadecimal.encode(digest))),
        ]
    }

    public func insert(_ token: RefreshTokenRecord) async throws {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.users, "refresh tokens")
            var item = Self.tokenKey(token.digest)
            item["pool"] = .string(token.pool)
            item["clientId"] = .string(token.clientId)
            item["username"] = .string(token.username)
            item["authenticatedAt"] = token.authenticatedAt.attribute
            item["originId"] = .string(token.originId)
            item["expiresAtMilliseconds"] = token.expiresAt.attribute
            item["expiresAt"] = token.expiresAt.timeToLive
            var entry = Self.expiryKey(token.digest, token.expiresAt)
            entry["digest"] = .binary(token.digest)
            entry["expiresAt"] = token.expiresAt.timeToLive
            // The entry first: one without a token does no harm, a token without one would stay.
            try await self.client.write(.put(entry, into: table))
            try await self.client.write(.put(item, into: table))
        }
    }

    public func refreshToken(digest: [UInt8]) async throws -> RefreshTokenRecord? {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.users, "refresh tokens")
            guard let item = try await self.client.getItem(Self.tokenKey(digest), from: table) else { return nil }
            guard let pool = item["pool"]?.string, let clientId = item["clientId"]?.string, let username = item["username"]?.string,
                let authenticatedAt = item["authenticatedAt"]?.integer, let originId = item["originId"]?.string,
                let expiresAt = item["expiresAtMilliseconds"]?.integer
            else { throw StoreError(.failed, "The item of a refresh token is damaged.") }
            return RefreshTokenRecord(
                digest: digest, pool: pool, clientId: clientId, username: username,
                authenticatedAt: Timestamp(millisecondsSinceEpoch: authenticatedAt), originId: originId,
                expiresAt: Timestamp(millisecondsSinceEpoch: expiresAt))
        }
    }

    public func removeRefreshToken(digest: [UInt8]) async throws {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.users, "refresh tokens")
            // Its entry stays until it expires: to know where it is, the token would have to be read.
            try await self.client.write(.delete(Self.tokenKey(digest), from: table))
        }
    }

    public func removeExpiredRefreshTokens(now: Timestamp) async throws -> Int {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.users, "refresh tokens")
            var removed = 0
            for partition in 0..<Self.expiryPartitions {
                var entries: [AttributeMap] = []
                // What expires at `now` is expired: everything below the next millisecond.
                let bound = now.millisecondsSinceEpoch == .max ? "g" : StoreKey.sortable(now.millisecondsSinceEpoch + 1)
                let key = DynamoDBExpression(
                    "#pk = :pk AND #sk < :sk", names: ["#pk": "pk", "#sk": "sk"],
                    values: [":pk": Self.expiryPartition(partition), ":sk": .string(bound)])
                try await self.client.query(DynamoDBQuery(table, key)) { items in
                    entries += items
                    return true
                }
                for entry in entries { removed += try await self.removeToken(listedBy: entry, now: now, in: table) ? 1 : 0 }
            }
            return removed
        }
    }

    /// - Returns: whether there was an expired token. It may have been removed, or been replaced by one that expires later.
    private func removeToken(listedBy entry: AttributeMap, now: Timestamp, in table: String) async throws -> Bool {
        var isRemoved = false
        if let digest = entry["digest"]?.binary {
            let isExpired = DynamoDBExpression(
                "#expiresAt <= :now", names: ["#expiresAt": "expiresAtMilliseconds"], values: [":now": now.attribute])
            do {
                isRemoved =
                    try await self.client.write(.delete(Self.tokenKey(digest), from: table, if: isExpired), returningOld: true) != nil
            } catch let error as DynamoDBError where error.code == .conditionalCheckFailed {}
        }
        try await self.client.write(.delete(entry.filter { $0.key == "pk" || $0.key == "sk" }, from: table))
        return isRemoved
    }
}
