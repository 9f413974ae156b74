import Testing

@testable import APIGatewayDefinition

@Suite struct DocumentNodeTests {
    /// Nine lines that stand for 10⁹ parts, in values and in keys.
    static func bomb(asKey: Bool) -> String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += asKey ? "? &a\(level) [\(aliases)]\n: x\n" : "a\(level): &a\(level) [\(aliases)]\n"
        }
        return text
    }

    @Test(arguments: [true, false]) func anAliasBombIsRefused(asKey: Bool) {
        let error = #expect(throws: DefinitionError.self) { try DocumentNode(parsing: Self.bomb(asKey: asKey)) }
        #expect(error?.code == .limit)
    }

    @Test(arguments: ["a: &b 1\nc: *b", "a: {<<: {b: 1}}", "- &x y\n- *x", "{a: &b 1,c: *b}", "[&b 1,*b]", "? &b x\n: *b"])
    func anchorsAndMergesAreRefused(text: String) {
        let error = #expect(throws: DefinitionError.self) { try DocumentNode(parsing: text) }
        #expect(error?.code == .limit, "\(String(describing: error))")
    }

    @Test(arguments: ["a: 'x && y *z'", "a: x&b", "a: \"*\"", "a: arn:aws:s3:::*", "a: 'b &c'"])
    func theSignsMayStandInTexts(text: String) throws {
        #expect(try DocumentNode(parsing: text)["a"]?.text?.isEmpty == false)
    }

    @Test(arguments: [
        String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000), String(repeating: "- ", count: 5000) + "x",
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100), String(repeating: "{a: ", count: 5000),
        "a: " + String(repeating: "x", count: 1_048_576), "[" + String(repeating: "1,", count: 100_001) + "1]",
    ])
    func whatIsTooLargeOrTooDeepIsRefused(text: String) {
        let error = #expect(throws: DefinitionError.self) { try DocumentNode(parsing: text) }
        #expect(error?.code == .limit || error?.code == .syntax)
    }

    @Test(arguments: [
        "", "a: [", "a: 1\na: 2", "1: x\n\"1\": y", "a: b\n---\nc: d", "\t", "a: \"\\x\"", "%YAML 3.0\n---\na", "a: \u{0}", "[1]: x",
    ])
    func whatIsNoSingleDocumentIsRefused(text: String) {
        let error = #expect(throws: DefinitionError.self) { try DocumentNode(parsing: text) }
        #expect(error?.code == .syntax || error?.code == .type, "\(String(describing: error))")
    }

    @Test func aSyntaxErrorDoesNotShowTheLine() {
        let error = #expect(throws: DefinitionError.self) { try DocumentNode(parsing: "secret: \"very-secret\" x: y\n") }
        #expect(error.map { "\($0)" }?.contains("very-secret") == false)
    }

    @Test func aTagIsAFunction() throws {
        let node = try DocumentNode(parsing: "a: !Sub x\nb: !Ref y\nc: !Condition z\nd: !GetAtt p.q\ne: !Sub ''", intrinsics: true)
        #expect(node["a"]?["Fn::Sub"]?.text == "x" && node["b"]?["Ref"]?.text == "y" && node["c"]?["Condition"]?.text == "z")
        #expect(node["d"]?["Fn::GetAtt"]?.text == "p.q" && node["e"]?["Fn::Sub"]?.text == "")
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("29", .seconds(29)), ("29s", .seconds(29)), ("10m", .seconds(600)), ("2h", .seconds(7200)),
    ])
    func durations(text: String, duration: Duration) {
        #expect(Duration(configuration: text) == duration)
    }

    @Test(arguments: ["", "s", "-1s", "1.5s", "1 s", "1d", "9999999999", "٣s"]) func noDurations(text: String) {
        #expect(Duration(configuration: text) == nil)
    }
}
