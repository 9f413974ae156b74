import Testing

@testable import APIGateway

@Suite struct RouteSelectionExpressionTests {
    @Test(arguments: [
        ("$request.body.action", #"{"action":"sendMessage"}"#, "sendMessage"),
        ("${request.body.action}", #"{"action":"sendMessage"}"#, "sendMessage"),
        ("$request.body.a.b", #"{"a":{"b":"c","d":1},"b":"no"}"#, "c"),
        ("$request.body.items[1].name", #"{"items":[{"name":"x"},{"name":"y"}]}"#, "y"),
        ("${request.body.a}/${request.body.b}", #"{"b":"2","a":"1"}"#, "1/2"),
        ("${request.body.a}/${request.body.b}", #"{"a":"1"}"#, "1/"),
        ("${request.body.a}/${request.body.b}", #"{}"#, "/"),
        ("v1-${request.body.a}", #"{"a":"x"}"#, "v1-x"),
        (#"\$default"#, "{}", "$default"),
        ("static", "[]", "static"),
        ("$request.body.n", #"{"n":12.50}"#, "12.50"),
        ("$request.body.n", #"{"n":true}"#, "true"),
        ("$request.body.n", #"{"n":["item1","item2"]}"#, "[item1, item2]"),
        ("$request.body.n", #"{"n":[1,[true,null]]}"#, "[1, [true, null]]"),
        ("$request.body.n", #"{"n":[]}"#, "[]"),
        ("$request.body.n", #"{"n":{"a": 1}}"#, #"{"a": 1}"#),
        ("$request.body.n", #"{"n":"first","n":"last"}"#, "last"),
        ("$request.body.n", #"{"\u006e":"\u00e9\n"}"#, "é\n"),
        ("$request.body.n", " {\"n\" : \"x\"} ", "x"),
        ("$request.body.n", #"{"n":""}"#, ""),
    ])
    func key(expression: String, message: String, key: String) throws {
        #expect(try self.evaluate(expression, message) == .key(key))
    }

    @Test(arguments: [
        "{}", "[]", "1", #""text""#, "null", #"{"action":null}"#, #"{"Action":"x"}"#, #"{"a":{"action":"x"}}"#,
        #"[{"action":"x"}]"#,
    ])
    func missing(message: String) throws {
        #expect(try self.evaluate("$request.body.action", message) == .missing)
    }

    @Test(arguments: [
        "", "hello", "{", #"{"action":"x""#, #"{"action":"x"} x"#, #"{"action":x}"#, #"{"action":"x",}"#, "{\"action\":\"\u{1}\"}",
        "\u{FEFF}{}", #"{"action":"x","b":[}"#,
    ])
    func notJSON(message: String) throws {
        #expect(try self.evaluate("$request.body.action", message) == .notJSON)
        #expect(try self.evaluate("${request.body.action}/x", message) == .notJSON)
        #expect(try self.evaluate("static", message) == .notJSON)
    }

    @Test func deepNestingIsRefusedNotFollowed() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(try self.evaluate("$request.body.action", deep) == .notJSON)
        #expect(try self.evaluate("$request.body.action", #"{"action":"# + deep) == .notJSON)
        let closed = #"{"action":"# + String(repeating: "[", count: 65) + String(repeating: "]", count: 65) + "}"
        #expect(try self.evaluate("$request.body.action", closed) == .notJSON)
    }

    @Test(arguments: [
        "", "$", "${request.body.a", "$request.header.x", "$request.body", "$request.body.", "$request.body.a b", "$context.stage",
        "$request.body.a/$request.body.b", "$request.body.a[", "$request.body.a[x]", "$request.body.a[1234567]", "${request.body.}",
        String(repeating: "x", count: 1025), String(repeating: "${request.body.a}", count: 9),
    ])
    func refused(expression: String) {
        #expect(throws: RouteSelectionError.self) { try RouteSelectionExpression(expression) }
    }

    private func evaluate(_ expression: String, _ message: String) throws -> RouteSelectionExpression.Result {
        let expression = try RouteSelectionExpression(expression)
        return message.bytes.withUnsafeBytes { expression.evaluate($0) }
    }
}
