import ChatProtocol
import Testing

struct WebSocketCloseCodeTests {
    /// RFC 6455 section 7.4 and the IANA registry of close codes.
    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4001, 4008, 4999])
    func mayBeSent(_ code: UInt16) {
        #expect(WebSocketCloseCode(rawValue: code).mayBeSent)
    }

    @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func mayNotBeSent(_ code: UInt16) {
        #expect(!WebSocketCloseCode(rawValue: code).mayBeSent)
    }
}
