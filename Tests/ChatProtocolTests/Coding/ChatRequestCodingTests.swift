import ChatProtocol
import Testing

struct ChatRequestCodingTests {
    @Test(arguments: Samples.requests)
    func whatIsEncodedIsDecoded(_ request: ChatRequest) throws {
        let encoded = request.encoded()
        let decoded = try ChatRequest(decoding: encoded)
        #expect(decoded == request)
        #expect(decoded.encoded() == encoded)  // Equal strings may have other bytes; these must not.
    }

    /// Other people's clients rely on these names.
    @Test(arguments: [
        (
            ChatRequest(.sendMessage(OutgoingMessage(message: "hello", clientMessageId: "c-1")), ref: "1"),
            #"{"action":"sendMessage","ref":"1","room":"general","message":"hello","clientMessageId":"c-1"}"#
        ),
        (ChatRequest(.joinRoom(room: "swift"), ref: "3"), #"{"action":"joinRoom","ref":"3","room":"swift"}"#),
        (ChatRequest(.leaveRoom(room: "swift")), #"{"action":"leaveRoom","room":"swift"}"#),
        (
            ChatRequest(.history(HistoryQuery(before: 51, limit: 50)), ref: "2"),
            #"{"action":"history","ref":"2","room":"general","before":51,"limit":50}"#
        ),
        (ChatRequest(.history(HistoryQuery(after: 0))), #"{"action":"history","room":"general","after":0}"#),
        (ChatRequest(.ping), #"{"action":"ping"}"#),
    ])
    func hasTheNamesOfTheProtocol(_ request: ChatRequest, _ json: String) throws {
        #expect(String(decoding: request.encoded(), as: UTF8.self) == json)
        #expect(try ChatRequest(decoding: Array(json.utf8)) == request)
    }

    @Test(arguments: [
        (#"{"action":"sendMessage","message":"hello"}"#, ChatAction.sendMessage(OutgoingMessage(room: "general", message: "hello"))),
        (#"{"action":"joinRoom"}"#, .joinRoom(room: "general")),
        (#"{"action":"leaveRoom"}"#, .leaveRoom(room: "general")),
        (#"{"action":"history"}"#, .history(HistoryQuery(room: "general"))),
    ])
    func theRoomIsGeneralUnlessItIsNamed(_ json: String, _ action: ChatAction) throws {
        #expect(try ChatRequest(decoding: Array(json.utf8)) == ChatRequest(action))
    }

    @Test func keepsTheFieldsThatItDoesNotKnow() throws {
        let json = #"{"trace":{"id":[1,null]},"action":"ping","ref":"1","\u0000":"é","flag":true}"#
        let request = try ChatRequest(decoding: Array(json.utf8))
        #expect(request.action == .ping)
        #expect(request.ref == "1")
        #expect(request.unknownFields["trace"] == #"{"id":[1,null]}"#)
        #expect(request.unknownFields["flag"] == "true")
        #expect(request.unknownFields["\u{0}"] == #""é""#)
        #expect(request.unknownFields["absent"] == nil)
        #expect(try ChatRequest(decoding: request.encoded()) == request)
    }

    @Test func membersMayComeInAnyOrder() throws {
        let json = #"{"message":"hello","clientMessageId":"c","ref":"1","room":"r","action":"sendMessage"}"#
        let outgoing = OutgoingMessage(room: "r", message: "hello", clientMessageId: "c")
        #expect(try ChatRequest(decoding: Array(json.utf8)) == ChatRequest(.sendMessage(outgoing), ref: "1"))
    }

    @Test func whiteSpaceMayStandAround() throws {
        #expect(try ChatRequest(decoding: Array("\n { \"action\" :\t\"ping\" } \r\n".utf8)) == ChatRequest(.ping))
    }
}
