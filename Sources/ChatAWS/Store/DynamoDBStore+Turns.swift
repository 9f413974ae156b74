public import ChatProtocol
public import ChatService

/// How far each room has been told: an item a room in Connections, since what it changes must not be able to change what was said. It does
/// not expire. With another epoch the numbers begin anew, and so does this.
extension DynamoDBStore: AnnouncementTurns {
    public func announcements(room: String) async throws -> AnnouncedPosition {
        try await self.turns(room) { key, table in
            let item = try await self.client.getItem(key, from: table)
            return AnnouncedPosition(
                sequence: item?["announced"]?.integer,
                busyUntil: item?["busyUntil"]?.integer.map { Timestamp(millisecondsSinceEpoch: $0) })
        }
    }

    public func keepTurn(room: String, sequence: Int64, until: Timestamp) async throws {
        _ = try await self.change(
            room, "SET #busyUntil = :until", [":until": until.attribute, ":sequence": .integer(sequence)], if: Self.isBefore)
    }

    public func takeTurn(room: String, after announced: Int64, until: Timestamp, now: Timestamp) async throws -> Bool {
        try await self.change(
            room, "SET #busyUntil = :until", [":until": until.attribute, ":sequence": .integer(announced + 1), ":now": now.attribute],
            if: "\(Self.isBefore) AND (attribute_not_exists(#busyUntil) OR #busyUntil <= :now)")
    }

    public func endTurn(room: String, sequence: Int64) async throws {
        _ = try await self.change(
            room, "SET #announced = :sequence REMOVE #busyUntil", [":sequence": .integer(sequence)], if: Self.isBefore)
    }

    /// The room has not been told of `:sequence`.
    private static let isBefore = "(attribute_not_exists(#announced) OR #announced < :sequence)"

    private func turns<Value>(_ room: String, _ body: (_ key: AttributeMap, _ table: String) async throws -> Value) async throws -> Value {
        try await self.mappingErrors {
            // Read once by a process.
            let epoch = try await self.currentEpoch(in: try Self.name(self.tables.messages, "messages"))
            return try await body(
                ["pk": .string(StoreKey.partition("turn", room)), "sk": .string("turn#\(epoch)")],
                try Self.name(self.tables.connections, "connections"))
        }
    }

    /// - Returns: whether the condition held. After a lost answer, a change that was carried out may find that it does not hold any more.
    private func change(_ room: String, _ update: String, _ values: AttributeMap, if condition: String) async throws -> Bool {
        try await self.turns(room) { key, table in
            let names = ["#announced": "announced", "#busyUntil": "busyUntil"]
            do {
                try await self.client.write(
                    .update(
                        key, in: table, DynamoDBExpression(update, names: names, values: values),
                        if: DynamoDBExpression(condition)))
                return true
            } catch let error as DynamoDBError where error.code == .conditionalCheckFailed {
                return false
            }
        }
    }
}
