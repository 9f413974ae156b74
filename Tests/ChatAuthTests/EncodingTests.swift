import ChatProtocol
import Testing

@testable import ChatAuth

struct EncodingTests {
    @Test(arguments: [("00", [0]), ("0", [0]), ("f", [15]), ("fF", [255]), ("1ff", [1, 255]), ("0001", [0, 1])] as [(String, [UInt8])])
    func readsHexadecimal(_ text: String, _ bytes: [UInt8]) {
        #expect(Hexadecimal.decode(text) == bytes)
    }

    @Test(arguments: ["", "g", "0x", " 1", "1 ", "-1", "é", "１", "\u{0}"])
    func refusesOtherHexadecimal(_ text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }

    @Test func writesHexadecimal() {
        #expect(Hexadecimal.encode([0, 1, 0xAB, 0xFF]) == "0001abff")
        #expect(Hexadecimal.encode([]) == "")
    }

    /// RFC 4648 section 10, without padding, and RFC 7515 appendix C.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func codesBase64(_ text: String, _ base64: String) {
        #expect(Base64URL.encode(Array(text.utf8)) == base64)
        #expect(Base64URL.decode(base64) == Array(text.utf8))
    }

    @Test func usesTheURLsAlphabet() {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        #expect(Base64URL.decode("A-z_4ME") == [3, 236, 255, 224, 193])
    }

    @Test(arguments: ["A", "AAAAA", "A*==", "é", "A A", "Zg\n"])
    func refusesWhatIsNoBase64(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
