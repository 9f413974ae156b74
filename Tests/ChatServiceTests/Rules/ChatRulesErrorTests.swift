import ChatProtocol
import ChatService
import Testing

/// What is answered to requests that cannot be begun, and whether the answer says to which.
struct ChatRulesErrorTests {
    @Test(
        arguments: [
            ("", .malformedRequest), ("hello", .malformedRequest), ("[]", .malformedRequest), ("null", .malformedRequest),
            (#"{"action":"ping""#, .malformedRequest), (#"{"action":"ping"}x"#, .malformedRequest), (#"{"ref":"1"}"#, .malformedRequest),
            (#"{"action":"dance"}"#, .unknownAction), (#"{"action":""}"#, .unknownAction), (#"{"action":"PING"}"#, .unknownAction),
            (#"{"action":1}"#, .invalidField), (#"{"action":"ping","ref":1}"#, .invalidField),
            (#"{"action":"sendMessage"}"#, .invalidField), (#"{"action":"sendMessage","message":null}"#, .invalidField),
            (#"{"action":"joinRoom","room":[]}"#, .invalidField), (#"{"action":"joinRoom","room":""}"#, .invalidRoom),
            (#"{"action":"sendMessage","message":"a","room":"swift"}"#, .notInRoom),
        ] as [(String, ChatErrorCode)])
    func everyMistakeHasItsCode(_ json: String, _ code: ChatErrorCode) {
        #expect(ChatRules.sample().step(json).error?.code == code)
    }

    @Test func jsonThatNestsDeepIsMalformed() {
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        #expect(ChatRules.sample().step(#"{"action":"ping","x":\#(deep)}"#).error?.code == .malformedRequest)
        #expect(ChatRules.sample().step(String(repeating: #"{"action":"#, count: 10_000)).error?.code == .malformedRequest)
    }

    @Test(arguments: [
        #"{"action":"dance","ref":"r"}"#, #"{"ref":"r"}"#, #"{"action":"sendMessage","ref":"r"}"#, #"{"ref":"r","action":7}"#,
        #"{"action":"sendMessage","ref":"r","message":""}"#, #"{"action":"joinRoom","room":"","ref":"r"}"#,
        #"{"action":"history","ref":"r","room":"swift"}"#, #"{"action":"history","limit":0,"ref":"r"}"#,
    ])
    func anErrorNamesTheRequest(_ json: String) {
        let step = ChatRules.sample().step(json)
        #expect(step.error != nil)
        #expect(step.answer?.ref == "r")
    }

    @Test func whatCannotBeReadHasNoName() {
        #expect(ChatRules.sample().step(#"{"ref":"r","action":"ping""#).answer?.ref == nil)
    }

    @Test(arguments: ["", "x", text(128), text(128, of: "é")])
    func aRefIsRepeated(_ ref: String) {
        #expect(ChatRules.sample().step(.ping, ref: ref) == .answer(ChatEvent(.pong, ref: ref)))
    }

    @Test(arguments: [text(129), text(130, of: "é"), text(20_000)])
    func aRefThatIsTooLongIsAnErrorAndNotRepeated(_ ref: String) {
        let answer = ChatEvent(.error(ChatError(.invalidField, "\"ref\" is longer than 128 bytes.")))
        let rules = ChatRules.sample()
        for action: ChatAction in [.ping, .joinRoom(room: ""), .sendMessage(.init(message: "a")), .history(.init()), .leaveRoom(room: "a")]
        {
            #expect(rules.step(action, ref: ref) == .answer(answer))
        }
    }

    @Test func norIsItRepeatedByAnErrorOfAnotherKind() {
        let step = ChatRules.sample().step(#"{"action":"dance","ref":"\#(text(129))"}"#)
        #expect(step.error?.code == .unknownAction)
        #expect(step.answer?.ref == nil)
    }

    /// What is said of a request must not carry its text further.
    @Test func noErrorRepeatsWhatTheClientSaid() {
        let rules = ChatRules.sample()
        for json in [#"{"action":"s3cret"}"#, #"{"action":"joinRoom","room":"s3cret\n"}"#, "s3cret", #"{"s3cret":"#] {
            #expect(rules.step(json).error?.message.contains("s3cret") == false)
        }
    }
}
