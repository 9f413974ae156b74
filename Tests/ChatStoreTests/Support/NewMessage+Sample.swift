import ChatProtocol
import ChatStore

extension NewMessage {
    static func sample(_ text: String, room: String = "general", clientMessageId: String? = nil) -> NewMessage {
        NewMessage(
            room: room, messageId: "m-\(text)", sender: ChatMessage.Sender(id: "sub-1", name: "alice"), message: text,
            sentAt: Timestamp(millisecondsSinceEpoch: 1_795_503_600_123), clientMessageId: clientMessageId)
    }
}

extension MessageStore {
    func sequences(room: String = "general") async throws -> [Int64] {
        try await self.history(room: room, range: .newest, limit: 10_000, maximumBytes: 1 << 30).messages.map(\.sequence)
    }
}
