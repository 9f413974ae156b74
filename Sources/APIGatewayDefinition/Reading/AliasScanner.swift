/// Finds an alias of YAML before the text is parsed.
///
/// The parser puts in what an alias stands for as it goes, and compares keys by their whole content: nine lines are enough to keep it busy for
/// ever. So the text is looked through first. An alias needs an anchor of the same name, each where a token may begin; where both are seen
/// inside a quoted text, that text is refused too, which is rare and safe.
enum AliasScanner {
    /// The name of an alias, if there may be one.
    static func alias(in text: String) -> String? {
        var anchors: Set<ArraySlice<UInt8>> = []
        let bytes = Array(text.utf8)
        var previous: UInt8 = UInt8(ascii: "\n")
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            defer { previous = byte }
            index += 1
            guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), self.mayPrecedeToken(previous) else { continue }
            let end = bytes[index...].firstIndex { !self.isNameByte($0) } ?? bytes.endIndex
            let name = bytes[index..<end]
            guard !name.isEmpty else { continue }
            if byte == UInt8(ascii: "&") {
                anchors.insert(name)
            } else if anchors.contains(name) {
                return String(decoding: name.prefix(40), as: UTF8.self)
            }
        }
        return nil
    }

    /// Blanks, line ends, YAML's own signs and quotes. Of what is not ASCII some are line ends, so all are taken for one.
    private static func mayPrecedeToken(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x80 || "[]{},:?-\"'".utf8.contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
    }
}
