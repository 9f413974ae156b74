import NIOCore
import Testing

@testable import ChatTransport

extension ProxyProtocolParser {
    /// What comes of these bytes, so many at a time.
    static func result(_ bytes: some Collection<UInt8>, chunk: Int = .max) -> Result {
        var parser = Self()
        var rest = ByteBuffer(bytes: bytes)
        while let slice = rest.readSlice(length: min(chunk, rest.readableBytes)), slice.readableBytes > 0 {
            switch parser.receive(slice) {
            case .needMore: continue
            case .done(let source, var after):
                after.writeBuffer(&rest)
                return .done(source: source, rest: after)
            case .invalid: return .invalid
            }
        }
        return .needMore
    }
}

/// This is a header, all of it, however it comes, and whatever comes after it.
func expectHeader(_ text: String, from source: SocketAddress?, sourceLocation: SourceLocation = #_sourceLocation) {
    expectHeader(Array(text.utf8), from: source, sourceLocation: sourceLocation)
}

func expectHeader(_ header: [UInt8], from source: SocketAddress?, sourceLocation: SourceLocation = #_sourceLocation) {
    // The rest may look like a header, or end a line.
    for rest in ["", "x", "\r\n", "PROXY UNKNOWN\r\n", "GET / HTTP/1.1\r\n\r\n"] {
        for chunk in [1, 2, 7, 16, .max] {
            let result = ProxyProtocolParser.result(header + Array(rest.utf8), chunk: chunk)
            #expect(result == .done(source: source, rest: ByteBuffer(string: rest)), sourceLocation: sourceLocation)
        }
    }
    for count in Set([1, 11, 12, 13, 15, 16, header.count / 2, header.count - 1]) where count < header.count {
        #expect(ProxyProtocolParser.result(header.prefix(count)) == .needMore, sourceLocation: sourceLocation)
    }
}
