import ChatProtocol
import Testing

@testable import APIGateway

@Suite struct GatewayIdentifierTests {
    @Test func isBase64OfItsBytes() {
        #expect(GatewayIdentifier(high: 0, low: 0).text == "AAAAAAAAAAAAAAA=")
        #expect(GatewayIdentifier(high: .max, low: .max).text == "______________8=")
        // 01 02 … 0B
        #expect(GatewayIdentifier(high: 0x0102_0304_0506_0708, low: 0x09_0A0B).text == "AQIDBAUGBwgJCgs=")
    }

    @Test func areUnique() {
        var source = GatewayIdentifierSource()
        var seen: Set<String> = []
        for _ in 0..<10_000 {
            let text = source.next().text
            #expect(GatewayIdentifier.isWellFormed(text))
            seen.insert(text)
        }
        #expect(seen.count == 10_000)
        #expect(GatewayIdentifier.random() != GatewayIdentifier.random())
    }

    @Test(arguments: ["PJqB0fHsqRcCHlw=", "TXzPWdnOjoECGjA=", "B4NLLGsoIAMF5Yw=", "a-_4567890123k="])
    func wellFormed(id: String) { #expect(GatewayIdentifier.isWellFormed(id)) }

    @Test(arguments: ["", "x", "=", "PJqB0fHsqRcCHlw", "PJqB0fHsqRcCHl+=", "PJqB0fHsqRcCHlw==", "PJqB0fHs/RcCHlw=", "PJqB0fHsqRcCHlé="])
    func malformed(id: String) { #expect(!GatewayIdentifier.isWellFormed(id)) }

    @Test func traceHeader() {
        var source = GatewayIdentifierSource()
        let header = TraceHeader.next(at: Timestamp(millisecondsSinceEpoch: 1_708_326_702_999), &source)
        #expect(header.hasPrefix("Root=1-65d2ff2e-"))
        #expect(header.utf8.count == 40)
        let digits = header.suffix(24)
        #expect(digits.allSatisfy { $0.isHexDigit })
    }
}
