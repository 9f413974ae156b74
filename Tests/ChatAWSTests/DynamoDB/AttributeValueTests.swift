import Foundation
import Testing

@testable import ChatAWS

struct AttributeValueTests {
    static let samples: [(AttributeValue, String)] = [
        (.string("a"), #"{"S":"a"}"#), (.string(""), #"{"S":""}"#), (.string("\u{0}\"\\"), #"{"S":"\u0000\"\\"}"#),
        (.number("-9223372036854775808"), #"{"N":"-9223372036854775808"}"#),
        (.number("12345678901234567890123456789012345678"), #"{"N":"12345678901234567890123456789012345678"}"#),
        (.binary([0, 255]), #"{"B":"AP8="}"#), (.binary([]), #"{"B":""}"#), (.stringSet(["a", "b"]), #"{"SS":["a","b"]}"#),
        (.numberSet(["1", "2.5"]), #"{"NS":["1","2.5"]}"#), (.binarySet([[1], [2]]), #"{"BS":["AQ==","Ag=="]}"#),
        (.map(["x": .number("1")]), #"{"M":{"x":{"N":"1"}}}"#), (.map([:]), #"{"M":{}}"#),
        (.list([.string("a"), .list([.null])]), #"{"L":[{"S":"a"},{"L":[{"NULL":true}]}]}"#), (.null, #"{"NULL":true}"#),
        (.boolean(false), #"{"BOOL":false}"#),
    ]

    @Test(arguments: samples)
    func isReadAndWritten(_ value: AttributeValue, _ json: String) throws {
        #expect(try JSONDecoder().decode(AttributeValue.self, from: Data(json.utf8)) == value)
        let written = try JSONEncoder().encode(value)
        #expect(String(decoding: written, as: UTF8.self) == json)
    }

    @Test(arguments: [
        "{}", #"{"S":"a","N":"1"}"#, #"{"X":"a"}"#, #"{"S":1}"#, #"{"N":1}"#, #"{"B":"?"}"#, "1", #"{"L":[1]}"#, #"{"M":{"a":1}}"#,
    ])
    func whatIsNoAttributeIsRefused(_ json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(AttributeValue.self, from: Data(json.utf8)) }
    }

    @Test(arguments: ["é", "e\u{301}", "\u{FEFF}\u{2028}", "a\u{0}b", "👩‍👩‍👧‍👦"])
    func stringsKeepTheirBytes(_ text: String) throws {
        let read = try JSONDecoder().decode(AttributeValue.self, from: JSONEncoder().encode(AttributeValue.string(text)))
        #expect(read.string.map { Array($0.utf8) } == Array(text.utf8))
    }

    /// DynamoDB counts names and values, and a little for what holds others.
    @Test func theSizeIsNotUnderestimated() {
        let item: AttributeMap = [
            "pk": .string("1234"), "n": .number("12345"), "b": .binary([1, 2, 3]), "l": .list([.string("a"), .string("b")]),
        ]
        #expect(item.size >= 2 + 4 + 1 + 4 + 1 + 3 + 1 + 3 + 2 + 2)
        #expect(item.size < 60)
    }
}
