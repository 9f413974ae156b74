import Testing

@testable import ChatProtocol

/// What is a JSON text and what is not (RFC 8259), for a value that is read and for one that is only passed over.
struct JSONGrammarTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "-0.5", "0.0", "1e5", "1E5", "1e+5", "1e-05", "0e0",
        "123456789012345678901234567890",
        #""""#, #""a""#, "[]", "{}", "[ ]", "{ }", "[1]", "[1,2]", "[[],[[]],{}]", #"{"a":1}"#, #"{"a":{"b":[null,true]},"c":"d"}"#,
        #"{"":""}"#,
        #"{"a":1,"a":2}"#, " \t\r\n[ 1 , 2 ]\n", "[null,true,false,0,\"\",[],{}]",
    ])
    func accepts(_ text: String) throws {
        try reading(text) { try $0.skipValue() }
        let request = try ChatRequest(decoding: requestWithUnknownField(Array(text.utf8)))
        let trimmed = text.trimmingWhitespace
        #expect(request.unknownFields["x"] == trimmed)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "TRUE", "tru", "undefined", "NaN", "Infinity", "-Infinity",
        "01", "-01", "00", "-", "+1", "--1", ".5", "1.", "-.5", "1.e5", "1e", "1e+", "1e+-1", "0x1F", "1_000", "1,5", "1 2", "٣",
        "[", "]", "[1", "[1,", "[1,]", "[,]", "[,1]", "[1,,2]", "[1 2]", "[1}", "[1]]", "[1:2]",
        "{", "}", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1]"#, #"{"a" 1}"#, #"{"a"::1}"#,
        #"{"a":1 "b":2}"#,
        "{a:1}", "{'a':1}", "{1:2}", "{null:1}", "{[]:1}", "{}}", "{}{}", "'a'", "a",
        #"""#, #""a"#, #""\""#, #""\x""#, #""\U0041""#, #""\'""#, #""\0""#,
        "[1]//", "/* */1", "1;", "\u{FEFF}1", "1\u{A0}", "\u{B}1", "\u{C}1",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try reading(text) { try $0.skipValue() } }
        #expect(throws: JSONError.self) { try reading(text) { try $0.readRawValue() } }
    }

    @Test(arguments: ["[1,]", "{\"a\":1,}", "01", "tru", "\"\\x\"", "\"\u{1}\"", "[", "+1", "\u{FEFF}1"])
    func refusesAFrameThatHoldsIt(_ text: String) {
        let error = #expect(throws: ChatRequestError.self) {
            try ChatRequest(decoding: requestWithUnknownField(Array(text.utf8)))
        }
        #expect(error?.error.code == .malformedRequest)
    }

    @Test func keepsTheTextOfAnUnknownValueAsItWas() throws {
        let text = #"{ "a" : [ 1.50e+1 , "\u0041\/" ] }"#
        #expect(try ChatRequest(decoding: requestWithUnknownField(Array(text.utf8))).unknownFields["x"] == text)
    }

    @Test func theLastOfTwoMembersCounts() throws {
        let request = try ChatRequest(
            decoding: Array(#"{"action":"ping","room":"a","action":"joinRoom","room":"b","ref":"1","ref":"2"}"#.utf8))
        #expect(request == ChatRequest(.joinRoom(room: "b"), ref: "2"))
        let event = try ChatEvent(decoding: Array(#"{"type":"pong","type":"left","room":"a","room":"b"}"#.utf8))
        #expect(event == ChatEvent(.left(room: "b")))
    }

    @Test func anEscapedNameIsTheName() throws {
        #expect(try ChatRequest(decoding: Array(#"{"\u0061ction":"pi\u006eg"}"#.utf8)) == ChatRequest(.ping))
    }

    @Test func saysWhereTheTextStoppedBeingJSON() {
        let error = #expect(throws: JSONError.self) { try reading("[1,x]") { try $0.skipValue() } }
        #expect(error == JSONError(offset: 3, reason: .unexpectedByte))
        let truncated = #expect(throws: JSONError.self) { try reading("[1,") { try $0.skipValue() } }
        #expect(truncated == JSONError(offset: 3, reason: .truncated))
    }
}

extension String {
    /// Without the white space of JSON at both ends, which belongs to no value.
    fileprivate var trimmingWhitespace: String {
        let isSpace: (Unicode.Scalar) -> Bool = { " \t\r\n".unicodeScalars.contains($0) }
        let scalars = self.unicodeScalars.drop(while: isSpace)
        return String(String.UnicodeScalarView(scalars.reversed().drop(while: isSpace).reversed()))
    }
}
