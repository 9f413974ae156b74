public import ChatProtocol
import Synchronization

/// The rooms of an ``InMemoryStore``.
struct InMemoryMessages {
    struct ClientKey: Hashable {
        var sender: ExactString
        var clientMessageId: ExactString
    }

    struct Room {
        /// The message with sequence n is at index n - 1.
        var messages: [ChatMessage] = []
        var byClientKey: [ClientKey: Int64] = [:]
    }

    let epoch: String
    var rooms: [ExactString: Room] = [:]

    mutating func append(_ message: NewMessage) -> AppendOutcome {
        let key = message.clientMessageId.map { ClientKey(sender: ExactString(message.sender.id), clientMessageId: ExactString($0)) }
        let name = ExactString(message.room)
        var room = self.rooms.removeValue(forKey: name) ?? Room()  // Taken out, so that it is not copied.
        defer { self.rooms[name] = room }
        if let key, let sequence = room.byClientKey[key] {
            let first = room.messages[Int(sequence) - 1]
            return AppendOutcome(
                receipt: MessageReceipt(room: message.room, sequence: sequence, messageId: first.messageId), isNew: false)
        }
        let sequence = Int64(room.messages.count) + 1
        room.messages.append(message.numbered(sequence))
        if let key { room.byClientKey[key] = sequence }
        return AppendOutcome(
            receipt: MessageReceipt(room: message.room, sequence: sequence, messageId: message.messageId), isNew: true)
    }

    func history(room name: String, range: HistoryRange, limit: Int, maximumBytes: Int) -> HistoryPage {
        let messages = self.rooms[ExactString(name)]?.messages ?? []
        switch range {
        case .newest:
            return HistoryPage(room: name, range: range, nearestFirst: messages.reversed(), limit: limit, maximumBytes: maximumBytes)
        case .before(let sequence):
            let end = Int(clamping: min(max(sequence, 1) - 1, Int64(messages.count)))
            return HistoryPage(
                room: name, range: range, nearestFirst: messages[..<end].reversed(), limit: limit, maximumBytes: maximumBytes)
        case .after(let sequence):
            let start = Int(clamping: min(max(sequence, 0), Int64(messages.count)))
            return HistoryPage(room: name, range: range, nearestFirst: messages[start...], limit: limit, maximumBytes: maximumBytes)
        }
    }
}

extension InMemoryStore: MessageStore {
    public func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
        self.messages.withLock { state in
            messages.map { state.append($0) }
        }
    }

    public func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
        self.messages.withLock { $0.history(room: room, range: range, limit: limit, maximumBytes: maximumBytes) }
    }

    public func position(room: String) async throws -> RoomPosition {
        self.messages.withLock {
            RoomPosition(room: room, sequence: Int64($0.rooms[ExactString(room)]?.messages.count ?? 0), epoch: $0.epoch)
        }
    }
}
