import Testing

@testable import APIGatewayDefinition

@Suite struct PolicyPatternTests {
    /// What a pattern means, tried in every way there is.
    static func oracle(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return (text.startIndex...text.endIndex).contains { self.oracle(pattern.dropFirst(), text[$0...]) }
        }
        guard let byte = text.first, first == byte || first == UInt8(ascii: "?") else { return false }
        return self.oracle(pattern.dropFirst(), text.dropFirst())
    }

    static func words(of alphabet: String, upTo length: Int) -> [[UInt8]] {
        var words: [[UInt8]] = [[]]
        var last = words
        for _ in 0..<length {
            last = last.flatMap { word in alphabet.utf8.map { word + [$0] } }
            words += last
        }
        return words
    }

    @Test func everyShortPatternAgreesWithTheOracle() {
        let texts = Self.words(of: "ab", upTo: 5)
        var matches = 0
        for pattern in Self.words(of: "ab*?", upTo: 5) {
            let compiled = PolicyPattern(resource: String(decoding: pattern, as: UTF8.self))
            for text in texts {
                let expected = Self.oracle(pattern[...], text[...])
                #expect(
                    compiled.matches(text) == expected,
                    "\(String(decoding: pattern, as: UTF8.self)) \(String(decoding: text, as: UTF8.self))")
                if expected { matches += 1 }
            }
        }
        #expect(matches > 1000)
    }

    @Test(arguments: [
        (String(repeating: "*a", count: 500) + "b", String(repeating: "a", count: 2000)),
        (String(repeating: "*?", count: 500) + "b", String(repeating: "a", count: 2000)),
        ("*" + String(repeating: "a", count: 1000) + "b", String(repeating: "a", count: 2000)),
    ])
    func patternsThatInviteBacktrackingTakeNoMoreThanTheProductOfTheLengths(pattern: String, text: String) {
        var steps = 0
        #expect(!PolicyPattern(resource: pattern).matches(Array(text.utf8), steps: &steps))
        #expect(steps <= (pattern.utf8.count + 1) * (text.utf8.count + 1))
    }

    @Test func aRunOfStarsIsOne() {
        #expect(PolicyPattern(resource: "a***b**").bytes == Array("a*b*".utf8))
    }

    @Test(arguments: [
        ("arn:aws:execute-api", true), ("arn:aws:execute-api:*", true), ("arn:aws:execute-api:us-east-1", true), ("arn:aws:sqs", false),
        ("arn:aws:execute-api:eu-west-1", false), ("arn:aws:execute-api:*:*:*", true), ("arn:*", true),
        ("arn:aws:execute-api:us-east-1:000000000000:api/dev/POST/@connections/*", true),
        ("arn:aws:execute-api:us-east-1:000000000000:api/dev/DELETE/@connections/*", false),
        ("arn:aws:execute-api:us-east-1:000000000000:API/dev/POST/@connections/*", false),
        ("arn:aws:execute-api:us-east-1:000000000000:ap?/*", true), ("arn:aws:execute-api:us-east-1:000000000000:api", false),
    ])
    func anARNThatEndsEarlyMeansEverythingInTheRest(pattern: String, matches: Bool) {
        let resource = "arn:aws:execute-api:us-east-1:000000000000:api/dev/POST/@connections/abc="
        #expect(PolicyPattern(resource: pattern).matches(Array(resource.utf8)) == matches)
    }
}
