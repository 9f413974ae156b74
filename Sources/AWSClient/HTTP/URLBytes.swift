/// Which bytes may stand in a URL unencoded.
enum URLBytes {
    /// Whether a text is made of RFC 3986's `pchar` and of `also`, each `%` with its two digits. Anything else might be encoded on the
    /// way, which would break the signature, or end the request line.
    static func areValid(_ text: String, also: StaticString) -> Bool {
        let bytes = Array(text.utf8)
        let others = UnsafeBufferPointer(start: also.utf8Start, count: also.utf8CodeUnitCount)
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, URIEncoding.digit(bytes[index + 1]) != nil, URIEncoding.digit(bytes[index + 2]) != nil else {
                    return false
                }
            } else {
                guard URIEncoding.isUnreserved(byte) || "!$&'()*+,;=:@".utf8.contains(byte) || others.contains(byte) else { return false }
            }
        }
        return true
    }
}
