import ChatProtocol
import ChatService
public import ChatStore

extension DynamoDBStore: UserStore {
    public func insert(_ user: UserRecord) async throws {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.users, "users")
            let write = MessageIdentifier.random()
            do {
                try await self.client.write(.put(UserItem.item(user, write: write), into: table, if: .isNew))
            } catch let error as DynamoDBError where error.code == .conditionalCheckFailed {
                let item = try await self.userItem(user, error, in: table)
                guard item?["write"]?.string == write else { throw StoreError(.alreadyExists, "The user exists.") }
            }
        }
    }

    public func user(pool: String, username: String) async throws -> UserRecord? {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.users, "users")
            return try await self.client.getItem(UserItem.key(pool: pool, username: username), from: table).map {
                try UserItem.user(pool: pool, username: username, item: $0)
            }
        }
    }

    public func update(_ user: UserRecord) async throws {
        try await self.mappingErrors {
            let table = try Self.name(self.tables.users, "users")
            let write = MessageIdentifier.random()
            var updated = user
            updated.version += 1
            let isUnchanged = DynamoDBExpression(
                "#version = :version", names: ["#version": "version"], values: [":version": .integer(user.version)])
            do {
                try await self.client.write(.put(UserItem.item(updated, write: write), into: table, if: isUnchanged))
            } catch let error as DynamoDBError where error.code == .conditionalCheckFailed {
                guard let item = try await self.userItem(user, error, in: table) else {
                    throw StoreError(.notFound, "There is no such user.")
                }
                guard item["write"]?.string == write else { throw StoreError(.conflict, "The user was changed meanwhile.") }
            }
        }
    }

    /// The item that a condition failed for.
    private func userItem(_ user: UserRecord, _ error: DynamoDBError, in table: String) async throws -> AttributeMap? {
        if let item = error.item { return item }
        return try await self.client.getItem(UserItem.key(pool: user.pool, username: user.username), from: table)
    }
}

extension DynamoDBStore: KeyStore {
    private static func key(pool: String) -> AttributeMap {
        ["pk": .string(StoreKey.partition("keys", pool)), "sk": .string("keys")]
    }

    public func signingKeys(pool: String) async throws -> [SigningKeyRecord] {
        try await self.mappingErrors {
            let item = try await self.client.getItem(Self.key(pool: pool), from: try Self.name(self.tables.users, "keys"))
            guard let item else { return [] }
            guard let keyId = item["keyId"]?.string, let privateKey = item["privateKey"]?.string, let createdAt = item["createdAt"]?.integer
            else { throw StoreError(.failed, "The item of a pool's key is damaged.") }
            return [
                SigningKeyRecord(
                    pool: pool, keyId: keyId, privateKeyPEM: privateKey, createdAt: Timestamp(millisecondsSinceEpoch: createdAt))
            ]
        }
    }

    public func insertFirst(_ key: SigningKeyRecord) async throws -> [SigningKeyRecord] {
        try await self.mappingErrors {
            var item = Self.key(pool: key.pool)
            item["keyId"] = .string(key.keyId)
            item["privateKey"] = .string(key.privateKeyPEM)
            item["createdAt"] = key.createdAt.attribute
            do {
                try await self.client.write(.put(item, into: try Self.name(self.tables.users, "keys"), if: .isNew))
            } catch let error as DynamoDBError where error.code == .conditionalCheckFailed {}
        }
        return try await self.signingKeys(pool: key.pool)
    }
}
