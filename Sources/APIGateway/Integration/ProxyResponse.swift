/// What a function answers to the proxy integration, as far as it matters here.
struct ProxyResponse: Sendable, Equatable {
    /// 100 to 599.
    var statusCode: Int
    /// Decoded if it was Base64; nil if there is none.
    var body: [UInt8]?
    /// `Sec-WebSocket-Protocol` of the headers, whatever its casing.
    var subprotocol: String?

    /// - Returns: nil if it is malformed: not a JSON object, without a status code, or with a body that is no text.
    init?(_ bytes: [UInt8]) {
        guard let value = JSONValue(bytes), case .object(let members) = value else { return nil }
        switch members["statusCode"] {
        // A status in quotation marks is taken, too, as it is from REST APIs.
        case .number(let text)?, .string(let text)?:
            guard let status = Int(text), (100...599).contains(status) else { return nil }
            self.statusCode = status
        default: return nil
        }
        switch members["body"] {
        case nil, .null?: self.body = nil
        case .string(let text)?:
            if members["isBase64Encoded"] == .bool(true) {
                guard let bytes = Base64Text.decode(text) else { return nil }
                self.body = bytes
            } else {
                self.body = Array(text.utf8)
            }
        default: return nil
        }
        if case .object(let headers)? = members["headers"] {
            self.subprotocol = headers.first { $0.key.lowercased() == "sec-websocket-protocol" }?.value.string
        }
    }
}

/// Base64 (RFC 4648 section 4), strict: padded, no other characters.
enum Base64Text {
    static func decode(_ text: String) -> [UInt8]? {
        let text = Array(text.utf8)
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var index = 0
        while index < text.count {
            let isLast = index + 4 == text.count
            let padding = isLast ? (text[index + 2] == UInt8(ascii: "=") ? 2 : text[index + 3] == UInt8(ascii: "=") ? 1 : 0) : 0
            var word: UInt32 = 0
            for place in 0..<4 {
                guard place < 4 - padding else {
                    guard text[index + place] == UInt8(ascii: "=") else { return nil }
                    word <<= 6
                    continue
                }
                guard let digit = self.digit(text[index + place]) else { return nil }
                word = word << 6 | digit
            }
            bytes.append(UInt8(truncatingIfNeeded: word >> 16))
            if padding < 2 { bytes.append(UInt8(truncatingIfNeeded: word >> 8)) }
            if padding < 1 { bytes.append(UInt8(truncatingIfNeeded: word)) }
            index += 4
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
