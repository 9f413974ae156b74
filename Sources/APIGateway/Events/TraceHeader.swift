import ChatProtocol

/// The value of `X-Amzn-Trace-Id`: the second and 96 random bits.
enum TraceHeader {
    static func next(at time: Timestamp, _ identifiers: inout GatewayIdentifierSource) -> String {
        var bytes = Array("Root=1-".utf8)
        Hexadecimal.append(UInt64(clamping: time.millisecondsSinceEpoch / 1000), digits: 8, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        identifiers.appendTraceDigits(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
