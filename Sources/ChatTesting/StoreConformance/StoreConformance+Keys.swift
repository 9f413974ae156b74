import ChatProtocol
public import ChatStore

extension StoreConformance {
    private static func key(_ pool: String, _ id: String = CheckNames.unique("key")) -> SigningKeyRecord {
        SigningKeyRecord(
            pool: pool, keyId: id, privateKeyPEM: "-----BEGIN-----\n\(id)\n-----END-----\n",
            createdAt: Timestamp(millisecondsSinceEpoch: 1000))
    }

    /// What every ``KeyStore`` has to do.
    public static let keys: [StoreCheck<any KeyStore>] = [
        StoreCheck("a pool has no key at first") { store in
            try requireEqual(try await store.signingKeys(pool: CheckNames.unique("pool")), [], "keys")
        },
        StoreCheck("the first key comes back as it was") { store in
            let key = Self.key(CheckNames.unique("pool"))
            try requireEqual(try await store.insertFirst(key), [key], "keys")
            let found = try await store.signingKeys(pool: key.pool)
            try requireEqual(found, [key], "keys")
            // Two keys are printed alike if their ids are; the secret has to be compared by itself.
            try require(found.map(\.privateKeyPEM) == [key.privateKeyPEM], "the private key is another")
        },
        StoreCheck("a second key is not kept") { store in
            let pool = CheckNames.unique("pool")
            let first = Self.key(pool)
            _ = try await store.insertFirst(first)
            try requireEqual(try await store.insertFirst(Self.key(pool)), [first], "keys")
            try requireEqual(try await store.insertFirst(first), [first], "keys")
            try requireEqual(try await store.signingKeys(pool: pool), [first], "keys")
        },
        StoreCheck("each pool has its own keys") { store in
            let (first, second) = (CheckNames.unique("pool"), CheckNames.unique("pool"))
            let keys = [Self.key(first, "same"), Self.key(second, "same")]
            for key in keys { try requireEqual(try await store.insertFirst(key), [key], "keys") }
            try requireEqual(try await store.signingKeys(pool: first), [keys[0]], "keys")
        },
        StoreCheck("those who come at once agree on one key") { store in
            let pool = CheckNames.unique("pool")
            let answers = try await withThrowingTaskGroup(of: [SigningKeyRecord].self) { group in
                for _ in 0..<30 { group.addTask { try await store.insertFirst(Self.key(pool)) } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            try requireEqual(answers.count, 1, "different answers")
            try requireEqual(answers.first, try await store.signingKeys(pool: pool), "keys")
            try requireEqual(answers.first?.count, 1, "keys")
        },
    ]
}
