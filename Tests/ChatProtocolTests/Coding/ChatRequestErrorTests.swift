import ChatProtocol
import Testing

struct ChatRequestErrorTests {
    static func error(_ json: String) -> ChatRequestError? {
        #expect(throws: ChatRequestError.self, "\(json)") { try ChatRequest(decoding: Array(json.utf8)) }
    }

    @Test(arguments: [
        "", " ", "null", "1", "\"ping\"", "[]", #"["action"]"#, "{}", #"{"ref":"1"}"#, #"{"message":"hello"}"#, #"{"action":"ping"}}"#,
        #"{"action":"ping"} {"action":"ping"}"#, #"{"action":"ping"},"#, "ping",
    ])
    func whatIsNoObjectWithAnActionIsMalformed(_ json: String) {
        #expect(Self.error(json)?.error.code == .malformedRequest)
    }

    @Test(arguments: ["", "Ping", "PING", "sendmessage", "$connect", "$default", "message", "pong", "ping "])
    func anActionThatIsNotKnownIsSaidToBe(_ action: String) {
        let error = Self.error(#"{"action":"\#(action)","ref":"9"}"#)
        #expect(error?.error.code == .unknownAction)
        #expect(error?.ref == "9")
    }

    static let memberNames = ["action", "ref", "room", "message", "clientMessageId", "before", "after", "limit"]

    @Test(arguments: memberNames, ["null", "true", "[]", "{}", #"["a"]"#, "wrong"])
    func aMemberOfTheWrongTypeIsNamed(_ name: String, _ value: String) {
        let isNumber = ["before", "after", "limit"].contains(name)
        let value = value == "wrong" ? (isNumber ? #""1""# : "1") : value
        let others = name == "action" ? "" : #""action":"ping","#
        let error = Self.error("{\(others)\"\(name)\":\(value)}")
        #expect(error?.error.code == .invalidField)
        #expect(error?.error.message.contains("\"\(name)\"") == true)
    }

    @Test func aMessageIsNeeded() {
        let error = Self.error(#"{"action":"sendMessage","room":"general","ref":"1"}"#)
        #expect(error == ChatRequestError(ref: "1", error: ChatError(.invalidField, "\"message\" is missing.")))
    }

    @Test(arguments: [
        #"{"action":"sendMessage","ref":"r-1"}"#, #"{"ref":"r-1","action":"sendMessage"}"#,
        #"{"action":"sendMessage","message":5,"ref":"r-1"}"#,
        #"{"action":"nothing","ref":"r-1"}"#, #"{"ref":"r-1"}"#, #"{"action":7,"ref":"r-1"}"#,
    ])
    func theErrorNamesTheRequest(_ json: String) {
        #expect(Self.error(json)?.ref == "r-1")
    }

    @Test func aRefOfTheWrongTypeIsNotRepeated() {
        let error = Self.error(#"{"action":"ping","ref":5}"#)
        #expect(error?.ref == nil)
        #expect(error?.error.code == .invalidField)
    }

    /// Every beginning of a request that has all there is to have.
    @Test func whatWasCutOffIsMalformed() throws {
        let json =
            #"{"action":"sendMessage","ref":"1","room":"ge\u006eeral","message":"h\n\uD83D\uDE00é","x":{"a":[1.5e+1,true,null,"b"]},"limit":5}"#
        let whole = Array(json.utf8)
        _ = try ChatRequest(decoding: whole)
        for count in 0..<whole.count {
            let error = #expect(throws: ChatRequestError.self, "\(count) bytes") { try ChatRequest(decoding: Array(whole[..<count])) }
            #expect(error?.error.code == .malformedRequest, "\(count) bytes")
            #expect(error?.ref == nil)
        }
    }
}
