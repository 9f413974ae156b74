/// The PROXY protocol read at once from an array.
enum ReferenceProxyHeader: Equatable {
    case needMore, invalid
    /// The source has the bytes of its address and its port.
    case header(address: [UInt8]?, port: Int, byteCount: Int)

    private static let longestLine = 107
    private static let longestVariablePart = 4096

    init(_ bytes: [UInt8]) {
        let signature = ProxyHeaderGenerator.signature
        if bytes.starts(with: signature) || signature.starts(with: bytes) {
            self = Self.versionTwo(bytes)
        } else if bytes.starts(with: "PROXY ".utf8) || "PROXY ".utf8.starts(with: bytes) {
            self = Self.versionOne(bytes)
        } else {
            self = .invalid
        }
    }

    private static func versionOne(_ bytes: [UInt8]) -> Self {
        let line = bytes.prefix(self.longestLine)
        guard let end = line.firstIndex(where: { $0 == 0x0D || $0 == 0x0A }), end + 1 < line.count else {
            if line.last == 0x0A { return .invalid }
            return line.count == self.longestLine ? .invalid : .needMore
        }
        guard line[end] == 0x0D, line[end + 1] == 0x0A else { return .invalid }
        let words = line[..<end].split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
        if words[1] == Array("UNKNOWN".utf8) { return .header(address: nil, port: 0, byteCount: end + 2) }
        guard words.count == 6 else { return .invalid }
        let isFour = words[1] == Array("TCP4".utf8)
        guard isFour || words[1] == Array("TCP6".utf8) else { return .invalid }
        let read = isFour ? ReferenceAddress.v4 : ReferenceAddress.v6
        guard let source = read(words[2]), read(words[3]) != nil, let port = self.port(words[4]), self.port(words[5]) != nil else {
            return .invalid
        }
        return .header(address: source, port: port, byteCount: end + 2)
    }

    private static func port(_ word: [UInt8]) -> Int? {
        let text = String(decoding: word, as: UTF8.self)
        guard let port = UInt16(text), "\(port)" == text else { return nil }
        return Int(port)
    }

    private static func versionTwo(_ bytes: [UInt8]) -> Self {
        if bytes.count > 12, bytes[12] != 0x20, bytes[12] != 0x21 { return .invalid }
        guard bytes.count > 13 else { return .needMore }
        let (family, transport, isLocal) = (bytes[13] >> 4, bytes[13] & 0xF, bytes[12] == 0x20)
        guard isLocal || family <= 3 && transport <= 2 else { return .invalid }
        guard bytes.count >= 16 else { return .needMore }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        let isTCPorUDP = transport == 1 || transport == 2
        let minimum = isTCPorUDP ? [0, 12, 36, 216][Int(min(family, 3))] : 0
        guard length <= self.longestVariablePart, isLocal || length >= minimum else { return .invalid }
        guard bytes.count >= 16 + length else { return .needMore }
        func header(_ address: [UInt8]?, portAt: Int) -> Self {
            .header(address: address, port: address == nil ? 0 : Int(bytes[portAt]) << 8 | Int(bytes[portAt + 1]), byteCount: 16 + length)
        }
        switch (isLocal, bytes[13]) {
        case (false, 0x11): return header(Array(repeating: 0, count: 10) + [0xFF, 0xFF] + bytes[16..<20], portAt: 24)
        case (false, 0x21): return header(Array(bytes[16..<32]), portAt: 48)
        default: return header(nil, portAt: 0)
        }
    }
}
