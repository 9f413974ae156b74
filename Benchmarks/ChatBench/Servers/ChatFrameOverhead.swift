import ChatProtocol

/// How many bytes a chat message carries besides its text, as ReferenceServer sends the benchmark's.
enum ChatFrameOverhead {
    static var bytes: Int {
        let message = ChatMessage(
            room: ChatDefaults.room, sequence: 10_000, messageId: String(repeating: "0", count: 32),
            sender: ChatMessage.Sender(id: "00000000-0000-0000-0000-000000000000", name: "bench"), message: "",
            sentAt: Timestamp(millisecondsSinceEpoch: 1_800_000_000_123))
        return ChatEvent(.message(message)).encoded().count
    }
}
