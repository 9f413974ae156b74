import Testing

@testable import ChatProtocol

/// The grammar of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1).
struct WebSocketExtensionHeaderTests {
    typealias Element = WebSocketExtensionHeader.Element
    typealias Parameter = WebSocketExtensionHeader.Parameter

    static let one = [Element(name: "a", parameters: [Parameter(name: "b", value: "1")])]

    @Test(arguments: [
        ([], []), ([""], []), ([" \t"], []), ([","], []), ([" , ,"], []),
        (["a"], [Element(name: "a")]), ([" a\t"], [Element(name: "a")]), (["a,"], [Element(name: "a")]), ([",a"], [Element(name: "a")]),
        (["a,b"], [Element(name: "a"), Element(name: "b")]), (["a", "b"], [Element(name: "a"), Element(name: "b")]),
        (["a , , b", "", "c"], [Element(name: "a"), Element(name: "b"), Element(name: "c")]),
        (["a;b=1"], one), (["a ; b = 1 "], one), (["a;b=\"1\""], one), (["a;\tb=\t\"1\"\t,"], one), ([#"a;b="\1""#], one),
        (["a;b;b;c=d"], [Element(name: "a", parameters: [Parameter(name: "b"), Parameter(name: "b"), Parameter(name: "c", value: "d")])]),
        (["!#$%&'*+-.^_`|~09AZaz"], [Element(name: "!#$%&'*+-.^_`|~09AZaz")]),
    ])
    func reads(_ values: [String], _ elements: [Element]) {
        #expect(WebSocketExtensionHeader(values)?.elements == elements)
    }

    @Test(arguments: [
        ";", "=", "a;", "a;;b", "a;b=", "a;b=,c", "a;=1", "a b", "a;b c", "a;b=1 2", "a=1", "a/b", "a;b=\"", "a;b=\"1", "a;b=\"\"",
        "a;b=\"1\"2", "a;b=\"1 2\"", "a;b=\"1,2\"", #"a;b="\""#, #"a;b="\"""#, #"a;b="1\""#, "a;b=1\"2\"", "\"a\"", "a;\"b\"", "é", "a;b=é",
        "a\0", "a\r\n", "a;b=\"1\n\"", "(a)", "a@b", "a:b", "[a]", "{a}", "a?", "a<b>", "a\u{7F}",
    ])
    func refuses(_ value: String) {
        #expect(WebSocketExtensionHeader([value]) == nil)
        #expect(WebSocketExtensionHeader(["x", value]) == nil)
        #expect(WebSocketExtensionHeader(["x, " + value]) == nil)
    }

    @Test func bounds() {
        let longest = String(repeating: "a", count: WebSocketExtensionHeader.maximumBytes)
        #expect(WebSocketExtensionHeader([longest]) != nil)
        #expect(WebSocketExtensionHeader([longest, "a"]) == nil)
        #expect(WebSocketExtensionHeader([String(repeating: "a,", count: 16)])?.elements.count == 16)
        #expect(WebSocketExtensionHeader([String(repeating: "a,", count: 17)]) == nil)
        #expect(WebSocketExtensionHeader(Array(repeating: "a", count: 17)) == nil)
        #expect(WebSocketExtensionHeader(Array(repeating: "", count: 1000)) == nil)
        #expect(WebSocketExtensionHeader(["a" + String(repeating: ";b", count: 64)]) != nil)
        #expect(WebSocketExtensionHeader(["a" + String(repeating: ";b", count: 33), "a" + String(repeating: ";b", count: 32)]) == nil)
        #expect(WebSocketExtensionHeader([String(repeating: ",", count: 4000) + "a"])?.elements.count == 1)
    }
}
