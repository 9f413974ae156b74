import Testing

@testable import APIGateway

@Suite struct JSONValueTests {
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
