import NIOCore

extension ProxyProtocolParser {
    /// A line of text (section 2.1).
    enum VersionOne {
        static let signature = Array("PROXY ".utf8)

        /// With its end, however long the addresses.
        private static let maximumLength = 107

        /// - Returns: nil if the line is not complete.
        static func parse(_ bytes: ByteBufferView) -> Header? {
            let start = bytes.prefix(Self.maximumLength)
            guard let end = start.firstIndex(where: { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }) else {
                return start.count < Self.maximumLength ? nil : .invalid
            }
            guard bytes[end] == UInt8(ascii: "\r") else { return .invalid }
            let next = start.index(after: end)
            guard next < start.endIndex else { return start.count < Self.maximumLength ? nil : .invalid }
            guard bytes[next] == UInt8(ascii: "\n") else { return .invalid }
            let fields = bytes[..<end].dropFirst(Self.signature.count)
                .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            let length = bytes.distance(from: bytes.startIndex, to: next) + 1
            // Whatever follows is to be ignored.
            if fields[0].elementsEqual("UNKNOWN".utf8) { return .valid(source: nil, length: length) }
            guard fields.count == 5, let source = Self.source(fields) else { return .invalid }
            return .valid(source: source, length: length)
        }

        /// All of the line must be right, although only the source is of use.
        private static func source(_ fields: [ByteBufferView]) -> SocketAddress? {
            let address: (ByteBufferView) -> IPAddress?
            if fields[0].elementsEqual("TCP4".utf8) {
                address = IPAddress.init(v4:)
            } else if fields[0].elementsEqual("TCP6".utf8) {
                address = IPAddress.init(v6:)
            } else {
                return nil
            }
            guard let source = address(fields[1]), address(fields[2]) != nil, let port = UInt16(decimal: fields[3]),
                UInt16(decimal: fields[4]) != nil
            else { return nil }
            return source.socketAddress(port: port)
        }
    }
}
