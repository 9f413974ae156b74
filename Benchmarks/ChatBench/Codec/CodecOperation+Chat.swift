import ChatProtocol

extension CodecOperation {
    private static let text = String(repeating: "x", count: 128)

    static let requests = [
        CodecOperation(name: "request-decode", about: "sendMessage, 128 bytes of text") {
            let bytes = ChatRequest(.sendMessage(OutgoingMessage(message: Self.text)), ref: "1").encoded()
            return { keep(try ChatRequest(decoding: bytes)) }
        },
        CodecOperation(name: "request-encode", about: "the same") {
            let request = ChatRequest(.sendMessage(OutgoingMessage(message: Self.text)), ref: "1")
            return { keep(request.encoded()) }
        },
    ]

    static let events = [
        CodecOperation(name: "message-encode", about: "message, 128 bytes of text, once a broadcast") {
            let event = Self.messageEvent
            return { keep(event.encoded()) }
        },
        CodecOperation(name: "message-decode", about: "the same") {
            let bytes = Self.messageEvent.encoded()
            return { keep(try ChatEvent(decoding: bytes)) }
        },
        CodecOperation(name: "receipt-encode", about: "messageAccepted") {
            let receipt = MessageReceipt(room: "general", sequence: 123_456, messageId: Self.identifier)
            let event = ChatEvent(.messageAccepted(receipt), ref: "1")
            return { keep(event.encoded()) }
        },
    ]

    private static let identifier = "0f8fad5b-d9cb-469f-a165-70867728950e"

    private static var messageEvent: ChatEvent {
        ChatEvent(
            .message(
                ChatMessage(
                    room: "general", sequence: 123_456, messageId: Self.identifier,
                    sender: ChatMessage.Sender(id: "b3f1c1de-6a0e-4f37-a0d5-6a1c9c1d1000", name: "alice"), message: Self.text,
                    sentAt: Timestamp(millisecondsSinceEpoch: 1_764_000_000_000))))
    }
}
