import ChatProtocol
public import ChatStore

extension UserRecord {
    fileprivate static func sample(pool: String = CheckNames.unique("pool"), username: String = "alice") -> Self {
        Self(
            pool: pool, username: username, subject: "sub-1", attributes: ["email": "a@example.com", "name": "Alice"],
            status: .unconfirmed, salt: [0, 1, 0xFF], verifier: Array(0...255),
            confirmationCode: ConfirmationCode(digest: [0, 9], expiresAt: Timestamp(millisecondsSinceEpoch: 5000), failedAttempts: 2),
            createdAt: Timestamp(millisecondsSinceEpoch: 1000))
    }
}

extension StoreConformance {
    /// What every ``UserStore`` has to do.
    public static let users: [StoreCheck<any UserStore>] = Self.userLife + Self.userVersions + Self.refreshTokens

    private static let userLife: [StoreCheck<any UserStore>] = [
        StoreCheck("a user comes back as it was") { store in
            let user = UserRecord.sample()
            try await store.insert(user)
            try requireEqual(try await store.user(pool: user.pool, username: user.username), user, "user")
            try requireEqual(try await store.user(pool: user.pool, username: "bob"), nil, "another user")
        },
        StoreCheck("a user may have nothing but a name") { store in
            let user = UserRecord(
                pool: CheckNames.unique("pool"), username: "a", subject: "", attributes: [:], status: .confirmed, salt: [], verifier: [],
                confirmationCode: nil, createdAt: Timestamp(millisecondsSinceEpoch: -1))
            try await store.insert(user)
            try requireEqual(try await store.user(pool: user.pool, username: "a"), user, "user")
        },
        StoreCheck("strings of a user keep their bytes") { store in
            let pool = CheckNames.unique("pool")
            for (index, text) in CheckNames.hardStrings.enumerated() {
                var user = UserRecord.sample(pool: pool, username: "\(index)\(text)")
                user.subject = text
                user.attributes = ["name": text, "key\(text)": "value"]
                try await store.insert(user)
                let found = try await store.user(pool: pool, username: user.username)
                try requireEqual(found, user, "user")
                try requireEqual(found?.attributes["name"].map { Array($0.utf8) }, Array(text.utf8), "bytes of \(text.debugDescription)")
            }
        },
        StoreCheck("a name is there once in a pool") { store in
            let user = UserRecord.sample()
            try await store.insert(user)
            var other = user
            other.subject = "sub-2"
            try await requireError(.alreadyExists, "inserting a user again") { try await store.insert(other) }
            try requireEqual(try await store.user(pool: user.pool, username: user.username)?.subject, "sub-1", "subject")
            other.pool = CheckNames.unique("pool")
            try await store.insert(other)
            try requireEqual(try await store.user(pool: other.pool, username: user.username)?.subject, "sub-2", "subject in another pool")
        },
        StoreCheck("names differ if their bytes do") { store in
            let pool = CheckNames.unique("pool")
            for name in ["é", "e\u{301}", "a", "A", "a\u{0}"] { try await store.insert(UserRecord.sample(pool: pool, username: name)) }
        },
        StoreCheck("of inserts at once one succeeds") { store in
            let user = UserRecord.sample()
            let inserted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        var user = user
                        user.subject = "sub-\(index)"
                        do {
                            try await store.insert(user)
                            return true
                        } catch let error as StoreError where error.code == .alreadyExists {
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try requireEqual(inserted, 1, "inserts")
        },
    ]

    private static let userVersions: [StoreCheck<any UserStore>] = [
        StoreCheck("an update changes everything that may change, and raises the version") { store in
            var user = UserRecord.sample()
            try await store.insert(user)
            user.subject = "sub-2"
            user.attributes = ["name": "Changed"]
            user.status = .confirmed
            user.salt = [7]
            user.verifier = [8]
            user.confirmationCode = nil
            user.modifiedAt = Timestamp(millisecondsSinceEpoch: 2000)
            try await store.update(user)
            user.version += 1
            try requireEqual(try await store.user(pool: user.pool, username: user.username), user, "user")
            user.confirmationCode = UserRecord.ConfirmationCode(digest: [1], expiresAt: Timestamp(millisecondsSinceEpoch: 1))
            try await store.update(user)
            user.version += 1
            try requireEqual(try await store.user(pool: user.pool, username: user.username), user, "user")
        },
        StoreCheck("an update of what was changed meanwhile is refused") { store in
            let user = UserRecord.sample()
            try await store.insert(user)
            var first = user
            first.subject = "first"
            try await store.update(first)
            var second = user
            second.subject = "second"
            try await requireError(.conflict, "updating an old version") { try await store.update(second) }
            second.version = 2
            try await requireError(.conflict, "updating a version that has not been") { try await store.update(second) }
            try requireEqual(try await store.user(pool: user.pool, username: user.username)?.subject, "first", "subject")
        },
        StoreCheck("an update needs a user") { store in
            try await requireError(.notFound, "updating nobody") { try await store.update(.sample()) }
        },
        StoreCheck("no update at once is lost") { store in
            let user = UserRecord.sample()
            try await store.insert(user)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        while var current = try await store.user(pool: user.pool, username: user.username) {
                            current.confirmationCode?.failedAttempts += 1
                            do {
                                return try await store.update(current)
                            } catch let error as StoreError where error.code == .conflict {}
                        }
                    }
                }
                try await group.waitForAll()
            }
            let found = try await store.user(pool: user.pool, username: user.username)
            try requireEqual(found?.confirmationCode?.failedAttempts, 12, "counted updates")
            try requireEqual(found?.version, 10, "version")
        },
    ]
}
