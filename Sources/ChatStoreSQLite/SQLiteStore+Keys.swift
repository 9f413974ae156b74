import ChatProtocol
public import ChatStore
import GRDB

extension SQLiteStore: KeyStore {
    public func signingKeys(pool: String) async throws -> [SigningKeyRecord] {
        try await self.read { try Self.signingKeys(pool: pool, in: $0) }
    }

    public func insertFirst(_ key: SigningKeyRecord) async throws -> [SigningKeyRecord] {
        try await self.write { database in
            let insert = try PreparedStatement(
                database, "INSERT INTO signing_keys SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM signing_keys WHERE pool = ?1)")
            insert.bind(key.pool, at: 1)
            insert.bind(key.keyId, at: 2)
            insert.bind(key.privateKeyPEM, at: 3)
            insert.bind(key.createdAt.millisecondsSinceEpoch, at: 4)
            try insert.run()
            return try Self.signingKeys(pool: key.pool, in: database)
        }
    }

    private static func signingKeys(pool: String, in database: Database) throws -> [SigningKeyRecord] {
        let select = try PreparedStatement(
            database, "SELECT key_id, private_key, created_at FROM signing_keys WHERE pool = ? ORDER BY created_at DESC, key_id")
        select.bind(pool, at: 1)
        defer { select.reset() }
        var keys: [SigningKeyRecord] = []
        while try select.step() {
            keys.append(
                SigningKeyRecord(
                    pool: pool, keyId: select.text(0), privateKeyPEM: select.text(1),
                    createdAt: Timestamp(millisecondsSinceEpoch: select.integer(2))))
        }
        return keys
    }
}
