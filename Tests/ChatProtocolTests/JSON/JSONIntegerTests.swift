import Testing

@testable import ChatProtocol

struct JSONIntegerTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("51", 51), ("9223372036854775807", Int64.max), ("-9223372036854775807", -Int64.max),
        ("-9223372036854775808", Int64.min),
    ])
    func reads(_ json: String, _ value: Int64) throws {
        #expect(try reading(json) { try $0.readInteger() } == value)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "-18446744073709551616",
        "99999999999999999999999999999999", "1.0", "1.5", "1e2", "1E0", "-1e-1", "0.0",
    ])
    func isNoneWhereTheNumberIsAnother(_ json: String) throws {
        #expect(try reading(json) { try $0.readInteger() } == nil)
    }

    @Test(arguments: ["", "-", "01", "1.", "1e", "+1", "--1"])
    func refusesWhatIsNoNumber(_ json: String) {
        #expect(throws: JSONError.self) { try reading(json) { try $0.readInteger() } }
    }

    @Test(arguments: ["1.0", "9223372036854775808", "1e2"])
    func aRequestSaysWhichMemberIsNoInteger(_ number: String) {
        let error = #expect(throws: ChatRequestError.self) {
            try ChatRequest(decoding: Array(#"{"action":"history","ref":"7","limit":\#(number)}"#.utf8))
        }
        #expect(error?.error.code == .invalidField)
        #expect(error?.error.message.contains("limit") == true)
        #expect(error?.ref == "7")
    }
}
