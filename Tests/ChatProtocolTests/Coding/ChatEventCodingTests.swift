import ChatProtocol
import Testing

struct ChatEventCodingTests {
    @Test(arguments: Samples.events)
    func whatIsEncodedIsDecoded(_ event: ChatEvent) throws {
        let encoded = event.encoded()
        let decoded = try ChatEvent(decoding: encoded)
        #expect(decoded == event)
        #expect(decoded.encoded() == encoded)  // Equal strings may have other bytes; these must not.
    }

    static let message = ChatMessage(
        room: "general", sequence: 1, messageId: "m-1", sender: ChatMessage.Sender(id: "sub-1", name: "alice"), message: "hello",
        sentAt: Timestamp(millisecondsSinceEpoch: 1_795_503_600_123), clientMessageId: "c-1")
    static let messageMembers =
        #""room":"general","sequence":1,"messageId":"m-1","sender":{"id":"sub-1","name":"alice"},"message":"hello","#
        + #""sentAt":"2026-11-24T07:00:00.123Z","clientMessageId":"c-1""#

    /// Other people's clients rely on these names.
    @Test(arguments: [
        (ChatEvent(.message(message)), #"{"type":"message",\#(messageMembers)}"#),
        (
            ChatEvent(.messageAccepted(MessageReceipt(room: "general", sequence: 1, messageId: "m-1")), ref: "1"),
            #"{"type":"messageAccepted","ref":"1","room":"general","sequence":1,"messageId":"m-1"}"#
        ),
        (
            ChatEvent(.joined(RoomPosition(room: "swift", sequence: 7, epoch: "e")), ref: "3"),
            #"{"type":"joined","ref":"3","room":"swift","sequence":7,"epoch":"e"}"#
        ),
        (ChatEvent(.left(room: "swift"), ref: "4"), #"{"type":"left","ref":"4","room":"swift"}"#),
        (
            ChatEvent(.history(HistoryPage(room: "general", messages: [message], hasMore: true)), ref: "2"),
            #"{"type":"history","ref":"2","room":"general","messages":[{\#(messageMembers)}],"hasMore":true}"#
        ),
        (
            ChatEvent(.error(ChatError(.unavailable, "Not now.", retryAfterMilliseconds: 1000)), ref: "5"),
            #"{"type":"error","ref":"5","code":"unavailable","message":"Not now.","retryAfter":1000}"#
        ),
        (ChatEvent(.pong, ref: "6"), #"{"type":"pong","ref":"6"}"#),
    ])
    func hasTheNamesOfTheProtocol(_ event: ChatEvent, _ json: String) throws {
        #expect(String(decoding: event.encoded(), as: UTF8.self) == json)
        #expect(try ChatEvent(decoding: Array(json.utf8)) == event)
    }

    @Test func theTypeMayComeLast() throws {
        let json = #"{\#(Self.messageMembers),"type":"message"}"#
        #expect(try ChatEvent(decoding: Array(json.utf8)) == ChatEvent(.message(Self.message)))
    }

    @Test func keepsTheFieldsThatItDoesNotKnow() throws {
        let event = try ChatEvent(decoding: Array(#"{"type":"left","room":"a","reason":{"by":"x"},"n":1.50}"#.utf8))
        #expect(event.unknownFields["reason"] == #"{"by":"x"}"#)
        #expect(event.unknownFields["n"] == "1.50")
        #expect(try ChatEvent(decoding: event.encoded()) == event)
    }

    @Test func theFieldsOfAMessageStayWithTheMessage() throws {
        let single = try ChatEvent(decoding: Array(#"{"type":"message",\#(Self.messageMembers),"edited":true}"#.utf8))
        guard case .message(let message) = single.kind else { throw ChatError(.internalError, "another kind") }
        #expect(message.unknownFields["edited"] == "true")
        #expect(single.unknownFields.fields.isEmpty)

        let json = #"{"type":"history","room":"general","hasMore":false,"messages":[{\#(Self.messageMembers),"edited":true,"type":"x"}]}"#
        let event = try ChatEvent(decoding: Array(json.utf8))
        guard case .history(let page) = event.kind else { throw ChatError(.internalError, "another kind") }
        #expect(page.messages.first?.unknownFields["edited"] == "true")
        #expect(page.messages.first?.unknownFields["type"] == #""x""#)
        #expect(try ChatEvent(decoding: event.encoded()) == event)
    }

    /// Whoever knows the newer event needs all of it, also what goes by a name that older events have.
    @Test func keepsAllOfAnEventThatItDoesNotKnow() throws {
        let json = #"{"type":"presence","ref":"1","room":"general","sequence":3,"members":["a"],"sender":{"id":"s"},"hasMore":true}"#
        let event = try ChatEvent(decoding: Array(json.utf8))
        #expect(event.kind == .unknown(type: "presence"))
        #expect(event.ref == "1")
        #expect(event.unknownFields["room"] == #""general""#)
        #expect(event.unknownFields["sender"] == #"{"id":"s"}"#)
        #expect(event.unknownFields.fields.map(\.name) == ["room", "sequence", "members", "sender", "hasMore"])
        #expect(String(decoding: event.encoded(), as: UTF8.self) == json)
    }
}
