import ChatProtocol
import ChatStore

/// A user of a pool as an item.
enum UserItem {
    static func key(pool: String, username: String) -> AttributeMap {
        // The length tells where one name ends and the other begins.
        ["pk": .string(StoreKey.partition("user", "\(pool.utf8.count)#\(pool)#\(username)")), "sk": .string("user")]
    }

    /// - Parameter write: names the call that writes the item, so that it knows its own work if the answer is lost.
    static func item(_ user: UserRecord, write: String) -> AttributeMap {
        var item = Self.key(pool: user.pool, username: user.username)
        item["subject"] = .string(user.subject)
        item["attributes"] = .map(user.attributes.mapValues { .string($0) })
        item["status"] = .string(user.status.rawValue)
        item["salt"] = .binary(user.salt)
        item["verifier"] = .binary(user.verifier)
        if let code = user.confirmationCode {
            item["code"] = .map([
                "digest": .binary(code.digest), "expiresAt": code.expiresAt.attribute, "failedAttempts": .integer(code.failedAttempts),
            ])
        }
        item["createdAt"] = user.createdAt.attribute
        item["modifiedAt"] = user.modifiedAt.attribute
        item["version"] = .integer(user.version)
        item["write"] = .string(write)
        return item
    }

    /// - Throws: ``StoreError`` with `failed` if the item is none that ``item(_:write:)`` makes.
    static func user(pool: String, username: String, item: AttributeMap) throws(StoreError) -> UserRecord {
        guard let subject = item["subject"]?.string, let attributes = item["attributes"]?.map, let status = item["status"]?.string,
            let salt = item["salt"]?.binary, let verifier = item["verifier"]?.binary, let createdAt = item["createdAt"]?.integer,
            let modifiedAt = item["modifiedAt"]?.integer, let version = item["version"]?.integer
        else { throw StoreError(.failed, "The item of a user is damaged.") }
        var code: UserRecord.ConfirmationCode?
        if let map = item["code"]?.map, let digest = map["digest"]?.binary, let expiresAt = map["expiresAt"]?.integer,
            let failed = map["failedAttempts"]?.integer
        {
            code = UserRecord.ConfirmationCode(
                digest: digest, expiresAt: Timestamp(millisecondsSinceEpoch: expiresAt), failedAttempts: Int(clamping: failed))
        }
        var user = UserRecord(
            pool: pool, username: username, subject: subject, attributes: attributes.compactMapValues(\.string),
            status: UserRecord.Status(rawValue: status), salt: salt, verifier: verifier, confirmationCode: code,
            createdAt: Timestamp(millisecondsSinceEpoch: createdAt))
        user.modifiedAt = Timestamp(millisecondsSinceEpoch: modifiedAt)
        user.version = version
        return user
    }
}
