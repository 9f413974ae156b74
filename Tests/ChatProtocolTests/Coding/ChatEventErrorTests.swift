import ChatProtocol
import Testing

struct ChatEventErrorTests {
    static func code(_ json: String) -> ChatErrorCode? {
        let error = #expect(throws: ChatError.self, "\(json)") { try ChatEvent(decoding: Array(json.utf8)) }
        return error?.code
    }

    @Test(arguments: ["", "null", "[]", "{}", "{", #"{"type":"pong"}}"#, #"{"type":"pong"}1"#, #"{"type":5}"#, #"{"room":"a"}"#, "pong"])
    func whatIsNoObjectWithATypeIsMalformed(_ json: String) {
        #expect(Self.code(json) == .malformedRequest)
    }

    /// The members that each event has to have, with a value that is right.
    static let needed: [(type: String, members: [(name: String, value: String)])] = [
        (
            "message",
            [
                ("room", #""a""#), ("sequence", "1"), ("messageId", #""m""#), ("sender", #"{"id":"s","name":"n"}"#), ("message", #""t""#),
                ("sentAt", #""2026-11-24T07:00:00.123Z""#),
            ]
        ),
        ("messageAccepted", [("room", #""a""#), ("sequence", "1"), ("messageId", #""m""#)]),
        ("joined", [("room", #""a""#), ("sequence", "1"), ("epoch", #""e""#)]),
        ("left", [("room", #""a""#)]),
        ("history", [("room", #""a""#), ("messages", "[]"), ("hasMore", "true")]),
        ("error", [("code", #""unavailable""#)]),
    ]

    /// Each case is one event with one member left out, or given another type.
    static let broken: [String] = needed.flatMap { type, members in
        members.indices.flatMap { index -> [String] in
            [nil, "null", "[1]", "{}", "1.5"].map { replacement in
                var all = members
                if let replacement { all[index].value = replacement } else { all.remove(at: index) }
                let fields = all.map { "\"\($0.name)\":\($0.value)" } + ["\"type\":\"\(type)\""]
                return "{" + fields.joined(separator: ",") + "}"
            }
        }
    }

    @Test(
        arguments: needed.map { type, members in
            "{" + (members.map { "\"\($0.name)\":\($0.value)" } + ["\"type\":\"\(type)\""]).joined(separator: ",") + "}"
        })
    func withAllItNeedsAnEventIsRead(_ json: String) throws {
        _ = try ChatEvent(decoding: Array(json.utf8))
    }

    @Test(arguments: broken)
    func whatAnEventNeedsHasToBeThere(_ json: String) {
        #expect(Self.code(json) == .invalidField)
    }

    @Test(arguments: [
        #"{"type":"message","room":"a","sequence":1,"messageId":"m","sender":{"id":"s"},"message":"t","sentAt":"2026-11-24T07:00:00Z"}"#,
        #"{"type":"message","room":"a","sequence":1,"messageId":"m","sender":{"id":1,"name":"n"},"message":"t","sentAt":"2026-11-24T07:00:00Z"}"#,
        #"{"type":"message","room":"a","sequence":1,"messageId":"m","sender":{"id":"s","name":"n"},"message":"t","sentAt":"yesterday"}"#,
        #"{"type":"history","room":"a","hasMore":true,"messages":[{"room":"a"}]}"#,
        #"{"type":"history","room":"a","hasMore":true,"messages":[1]}"#,
        #"{"type":"history","room":"a","hasMore":null,"messages":[]}"#,
    ])
    func soDoesWhatIsInsideOfIt(_ json: String) {
        #expect(Self.code(json) == .invalidField)
    }

    @Test func whatWasCutOffIsMalformed() throws {
        let whole = ChatEvent(
            .history(HistoryPage(room: "a\n", messages: [Samples.message("é\u{0}"), Samples.message("b")], hasMore: true)), ref: "1"
        ).encoded()
        _ = try ChatEvent(decoding: whole)
        for count in 0..<whole.count {
            let error = #expect(throws: ChatError.self, "\(count) bytes") { try ChatEvent(decoding: Array(whole[..<count])) }
            #expect(error?.code == .malformedRequest, "\(count) bytes")
        }
    }
}
