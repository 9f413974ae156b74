import ChatProtocol

/// Values that cover every kind of request and event, with the strings that are hardest on an encoder.
enum Samples {
    static let strings = [
        "", "hello", "\u{0}", "a\u{0}b", "\"", "\\", "\\\"\\", "/", "\u{8}\u{9}\u{A}\u{C}\u{D}", "\u{1}\u{1F}\u{7F}\u{80}", "\r\n",
        "é e\u{301}", "日本語", "👩‍👩‍👧‍👦🏳️‍🌈", "\u{2028}\u{2029}", "\u{FEFF}", "\u{FFFD}\u{FFFF}", "\u{10FFFF}", "\\u0041",
        "</script>", String(repeating: "long ", count: 2000),
    ]

    static let requests: [ChatRequest] =
        [
            ChatRequest(.ping), ChatRequest(.ping, ref: "1"), ChatRequest(.ping, ref: ""),
            ChatRequest(.sendMessage(OutgoingMessage(message: "hello"))),
            ChatRequest(.sendMessage(OutgoingMessage(room: "swift", message: "hello", clientMessageId: "c-1")), ref: "2"),
            ChatRequest(.joinRoom(room: "swift"), ref: "3"), ChatRequest(.leaveRoom(room: "swift")),
            ChatRequest(.history(HistoryQuery())),
            ChatRequest(.history(HistoryQuery(room: "swift", before: 51, limit: 50)), ref: "4"),
            ChatRequest(.history(HistoryQuery(after: 0, limit: -1))),
            ChatRequest(.history(HistoryQuery(before: .min, after: .max, limit: .max))),
        ]
        + Self.strings.map {
            ChatRequest(.sendMessage(OutgoingMessage(room: $0, message: $0, clientMessageId: $0)), ref: $0)
        }

    static func message(_ text: String, sequence: Int64 = 1) -> ChatMessage {
        ChatMessage(
            room: text, sequence: sequence, messageId: text, sender: ChatMessage.Sender(id: text, name: text), message: text,
            sentAt: Timestamp(millisecondsSinceEpoch: 1_795_503_600_123), clientMessageId: text)
    }

    static let events: [ChatEvent] =
        [
            ChatEvent(.pong), ChatEvent(.pong, ref: "1"),
            ChatEvent(.messageAccepted(MessageReceipt(room: "general", sequence: .max, messageId: "m-1")), ref: "1"),
            ChatEvent(.joined(RoomPosition(room: "swift", sequence: 0, epoch: "0123456789abcdef")), ref: "2"),
            ChatEvent(.left(room: "swift"), ref: "3"),
            ChatEvent(.history(HistoryPage(room: "general", messages: [], hasMore: false)), ref: "4"),
            ChatEvent(.history(HistoryPage(room: "a", messages: [Self.message("a"), Self.message("b", sequence: 2)], hasMore: true))),
            ChatEvent(.error(ChatError(.unavailable, "Not now.", retryAfterMilliseconds: 1500)), ref: "5"),
            ChatEvent(.error(ChatError(ChatErrorCode(rawValue: "ofANewerServer"), ""))),
            ChatEvent(.unknown(type: "typing")),
            ChatEvent(
                .message(
                    ChatMessage(
                        room: "general", sequence: 1, messageId: "m", sender: ChatMessage.Sender(id: "s", name: "alice"), message: "hi",
                        sentAt: Timestamp(millisecondsSinceEpoch: -1)))),
        ]
        + Self.strings.flatMap {
            [
                ChatEvent(.message(Self.message($0))), ChatEvent(.error(ChatError(.internalError, $0)), ref: $0),
                ChatEvent(.history(HistoryPage(room: $0, messages: [Self.message($0)], hasMore: true)), ref: $0),
            ]
        }
}
