import ChatProtocol
import ChatStore

/// A connection as an item, and its memberships as items of the rooms.
struct ConnectionItem: Sendable {
    var id: String
    var user: ChatMessage.Sender
    var connectedAt: Timestamp
    var expiresAt: Timestamp
    var rooms: Set<ExactString>
    /// Changes whenever the rooms do, so that a change is made only to what was read.
    var version: Int64

    /// - Parameter version: begins anywhere, so that a connection that replaces another of its id has another.
    init(_ connection: ConnectionRecord, version: Int64 = .random(in: 0..<1 << 53)) {
        self.id = connection.id
        self.user = connection.user
        self.connectedAt = connection.connectedAt
        self.expiresAt = connection.expiresAt
        self.rooms = Set(connection.rooms.map { ExactString($0) })
        self.version = version
    }

    var record: ConnectionRecord {
        ConnectionRecord(
            id: self.id, user: self.user, connectedAt: self.connectedAt, expiresAt: self.expiresAt, rooms: Set(self.rooms.map(\.string)))
    }

    static func key(id: String) -> AttributeMap {
        ["pk": .string(StoreKey.partition("connection", id)), "sk": .string("connection")]
    }

    var item: AttributeMap {
        var item = Self.key(id: self.id)
        item["userId"] = .string(self.user.id)
        item["userName"] = .string(self.user.name)
        item["connectedAt"] = self.connectedAt.attribute
        item["expiresAtMilliseconds"] = self.expiresAt.attribute
        item["expiresAt"] = self.expiresAt.timeToLive
        item["version"] = .integer(self.version)
        // DynamoDB has no empty sets.
        if !self.rooms.isEmpty { item["rooms"] = .stringSet(self.rooms.map(\.string)) }
        return item
    }

    /// - Throws: ``StoreError`` with `failed` if the item is none that ``item`` makes.
    init(id: String, item: AttributeMap) throws(StoreError) {
        guard let userId = item["userId"]?.string, let userName = item["userName"]?.string,
            let connectedAt = item["connectedAt"]?.integer, let expiresAt = item["expiresAtMilliseconds"]?.integer,
            let version = item["version"]?.integer
        else { throw StoreError(.failed, "The item of a connection is damaged.") }
        self.id = id
        self.user = ChatMessage.Sender(id: userId, name: userName)
        self.connectedAt = Timestamp(millisecondsSinceEpoch: connectedAt)
        self.expiresAt = Timestamp(millisecondsSinceEpoch: expiresAt)
        self.rooms = Set((item["rooms"]?.strings ?? []).map { ExactString($0) })
        self.version = version
    }

    // MARK: Memberships

    static func roomPartition(_ room: String) -> String { StoreKey.partition("room", room) }

    static func memberSortKey(_ id: String) -> String { StoreKey.sort("connection", id) }

    static func membershipKey(room: String, id: String) -> AttributeMap {
        ["pk": .string(Self.roomPartition(room)), "sk": .string(Self.memberSortKey(id))]
    }

    func membership(room: String) -> AttributeMap {
        var item = Self.membershipKey(room: room, id: self.id)
        item["connectionId"] = .string(self.id)
        item["expiresAtMilliseconds"] = self.expiresAt.attribute
        item["expiresAt"] = self.expiresAt.timeToLive
        return item
    }

    /// The connection is still as it was read.
    var isUnchanged: DynamoDBExpression {
        DynamoDBExpression("#version = :version", names: ["#version": "version"], values: [":version": .integer(self.version)])
    }
}
