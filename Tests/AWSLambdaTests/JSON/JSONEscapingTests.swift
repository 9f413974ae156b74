import Foundation
import Testing

@testable import AWSLambda

struct JSONEscapingTests {
    @Test(arguments: [
        ("", ""), ("plain é 🙂", "plain é 🙂"), ("\"\\", #"\"\\"#),
        ("\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}", #"\n\r\t\b\f\u0000\u001f\u007f"#),
        ("a\"b\"c", #"a\"b\"c"#),
    ])
    func escapes(text: String, expected: String) throws {
        #expect(JSONEscaping.escaped(text) == expected)
        var bytes: [UInt8] = []
        // A collection that is not contiguous takes the other way.
        JSONEscaping.append(escaping: Array(text.utf8).reversed().reversed() as ReversedCollection<ReversedCollection<[UInt8]>>, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(try JSONDecoder().decode(String.self, from: Data("\"\(expected)\"".utf8)) == text)
    }
}
