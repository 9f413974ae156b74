import NIOCore

/// One call of a function on its way.
struct Invocation: Sendable {
    /// The `AwsRequestId`: a random UUID.
    let requestId: String
    let event: ByteBuffer
    let traceId: String?
    /// Called once.
    let complete: @Sendable (LambdaOutcome) -> Void

    init(event: ByteBuffer, traceId: String?, complete: @escaping @Sendable (LambdaOutcome) -> Void) {
        self.requestId = Self.randomId()
        self.event = event
        self.traceId = traceId
        self.complete = complete
    }

    /// A UUID of version 4 (RFC 9562), in lower case.
    static func randomId() -> String {
        let high = UInt64.random(in: .min ... .max) & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = UInt64.random(in: .min ... .max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for (index, half) in [high, low].enumerated() {
                for nibble in 0..<16 {
                    let digit = index * 16 + nibble
                    if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - nibble * 4)) & 0xF
                    text[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                    place += 1
                }
            }
            return place
        }
    }
}
