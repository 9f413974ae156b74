import Testing

@testable import APIGateway

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", ""), ("plain é 🙂", "plain é 🙂"), ("\"\\", #"\"\\"#),
        ("\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}", #"\n\r\t\b\f\u0000\u001f"# + "\u{7F}"),
        ("a\"b\"c", #"a\"b\"c"#),
    ])
    func escapes(text: String, expected: String) {
        #expect(JSONText.escaped(text) == expected)
        var bytes: [UInt8] = []
        // A collection that is not contiguous takes the other way.
        JSONText.append(escaping: text.bytes.reversed().reversed() as ReversedCollection<ReversedCollection<[UInt8]>>, to: &bytes)
        #expect(bytes.text == expected)
        #expect(JSONValue("\"\(expected)\"".bytes) == .string(text))
    }

    @Test(arguments: ["", "{", "[1,]", "nul", "1 2", #"{"a":1,}"#, #"{"a"}"#, "\"\u{1}\""])
    func notJSON(text: String) { #expect(JSONValue(text.bytes) == nil) }

    @Test func values() {
        #expect(
            JSONValue(#" {"a":[1,-2.5e3,true,false,null,"x",{}],"a2":[]} "#.bytes)
                == .object([
                    "a": .array([.number("1"), .number("-2.5e3"), .bool(true), .bool(false), .null, .string("x"), .object([:])]),
                    "a2": .array([]),
                ]))
        #expect(JSONValue(String(repeating: "[", count: 200_000).bytes) == nil)
    }
}
