import ChatProtocol
import ChatStore

/// Makes up what the checks need: names that nobody has used, and records that have them.
enum CheckNames {
    static func unique(_ prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return "\(prefix)-\(String(generator.next() as UInt64, radix: 36))"
    }

    /// Strings that stores are known to change: an end at U+0000, normalisation, case, white space, what is special to SQL and JSON.
    static let hardStrings = [
        "", "\u{0}", "a\u{0}b", "\u{0}\u{0}", "é", "e\u{301}", "👩‍👩‍👧‍👦🏳️‍🌈", "日本語", "'; DROP TABLE messages; --", "\"\\\n\t\r\n",
        " padded ", "ABC", "abc",
        "\u{2028}\u{FEFF}\u{10FFFF}", "%_?*", "null", "0012", String(repeating: "x", count: 16_384),
    ]

    static func sender(_ id: String = "sub-1") -> ChatMessage.Sender {
        ChatMessage.Sender(id: id, name: "name of \(id)")
    }
}

extension NewMessage {
    static func sample(
        _ room: String, _ text: String, sender: ChatMessage.Sender = CheckNames.sender(), clientMessageId: String? = nil
    ) -> NewMessage {
        NewMessage(
            room: room, messageId: CheckNames.unique("m"), sender: sender, message: text,
            sentAt: Timestamp(millisecondsSinceEpoch: 1_795_503_600_123), clientMessageId: clientMessageId)
    }
}

extension MessageStore {
    /// Appends messages whose texts are 1, 2, 3…, all to one room in one call.
    func fill(_ room: String, _ count: Int) async throws {
        _ = try await self.append((1...count).map { .sample(room, String($0)) })
    }

    func everything(_ room: String) async throws -> [ChatMessage] {
        try await self.history(room: room, range: .newest, limit: 10_000, maximumBytes: 1 << 30).messages
    }
}
