import ChatProtocol
import ChatStore

@testable import ChatAWS

extension NewMessage {
    static func sample(
        _ text: String = "text", room: String = "general", id: String? = nil, sender: String = "sub-1", clientMessageId: String? = nil
    ) -> NewMessage {
        NewMessage(
            room: room, messageId: id ?? "m-\(UInt64.random(in: .min ... .max))", sender: ChatMessage.Sender(id: sender, name: "alice"),
            message: text, sentAt: Timestamp(millisecondsSinceEpoch: 1_795_503_600_123), clientMessageId: clientMessageId)
    }
}

extension MessageRun {
    /// Messages from `first` on, whose texts are their numbers.
    static func sample(_ first: Int64, count: Int, room: String = "general") -> MessageRun {
        MessageRun(
            room: room,
            messages: (0..<Int64(count)).map { NewMessage.sample(String(first + $0), room: room).numbered(first + $0) })
    }
}

extension MessageStore {
    func everything(_ room: String = "general") async throws -> [ChatMessage] {
        try await self.history(room: room, range: .newest, limit: 10_000, maximumBytes: 1 << 30).messages
    }
}
