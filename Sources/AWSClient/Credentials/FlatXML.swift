/// As much of XML as an answer of STS has: elements, attributes that are passed over, text with the five named entities. A document type, a
/// comment, a CDATA section or any other entity makes the document unreadable, so nothing in it can be expanded or fetched.
struct FlatXML {
    private let bytes: [UInt8]
    private var position = 0

    static let maximumDepth = 16

    /// The texts of the elements directly under the element at `path`, by name.
    ///
    /// - Returns: nil if the document is not well formed, there is no such element or there are two, or an element under it comes twice.
    static func texts(in bytes: [UInt8], under path: [String]) -> [String: String]? {
        var reader = FlatXML(bytes: bytes)
        return reader.readDocument(path: path)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func readDocument(path: [String]) -> [String: String]? {
        self.skipSpace()
        if self.take("<?xml") {
            guard self.skip(past: "?>") else { return nil }
            self.skipSpace()
        }
        var open: [String] = []
        var found: [String: String]?
        var text = ""
        repeat {
            if self.take("</") {
                guard let name = self.readName(), let last = open.popLast(), last == name else { return nil }
                self.skipSpace()
                guard self.take(">") else { return nil }
                if open == path {
                    guard found?.updateValue(text, forKey: name) == nil else { return nil }
                }
                text = ""
            } else if self.take("<") {
                guard open.count < Self.maximumDepth, let name = self.readName(), let isEmpty = self.finishTag() else { return nil }
                text = ""
                open.append(name)
                if open == path {
                    guard found == nil else { return nil }
                    found = [:]
                }
                if isEmpty {
                    open.removeLast()
                    if open == path, found?.updateValue("", forKey: name) != nil { return nil }
                }
            } else {
                guard let more = self.readText() else { return nil }
                text += more
            }
        } while !open.isEmpty
        self.skipSpace()
        return self.position == self.bytes.count ? found : nil
    }

    private mutating func skipSpace() {
        while self.position < self.bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(self.bytes[self.position]) { self.position += 1 }
    }

    private mutating func take(_ literal: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        guard self.bytes[self.position...].starts(with: expected) else { return false }
        self.position += expected.count
        return true
    }

    private mutating func skip(past literal: StaticString) -> Bool {
        while self.position < self.bytes.count {
            if self.take(literal) { return true }
            self.position += 1
        }
        return false
    }

    private mutating func readName() -> String? {
        let start = self.position
        while self.position < self.bytes.count, URIEncoding.isUnreserved(self.bytes[self.position]) || self.bytes[self.position] == 0x3A {
            self.position += 1
        }
        let name = self.bytes[start..<self.position]
        guard (1...64).contains(name.count) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// Passes over attributes up to the end of a start tag.
    ///
    /// - Returns: whether the element is empty (`<a/>`); nil if this is no end of a tag.
    private mutating func finishTag() -> Bool? {
        while true {
            let before = self.position
            self.skipSpace()
            if self.take("/>") { return true }
            if self.take(">") { return false }
            guard self.position > before, self.readName() != nil, self.take("=\"") else { return nil }
            guard let end = self.bytes[self.position...].firstIndex(of: UInt8(ascii: "\"")),
                !self.bytes[self.position..<end].contains(UInt8(ascii: "<"))
            else { return nil }
            self.position = end + 1
        }
    }

    private mutating func readText() -> String? {
        guard self.position < self.bytes.count else { return nil }
        var output: [UInt8] = []
        while self.position < self.bytes.count, self.bytes[self.position] != UInt8(ascii: "<") {
            if self.take("&amp;") {
                output.append(UInt8(ascii: "&"))
            } else if self.take("&lt;") {
                output.append(UInt8(ascii: "<"))
            } else if self.take("&gt;") {
                output.append(UInt8(ascii: ">"))
            } else if self.take("&quot;") {
                output.append(UInt8(ascii: "\""))
            } else if self.take("&apos;") {
                output.append(UInt8(ascii: "'"))
            } else if self.bytes[self.position] == UInt8(ascii: "&") {
                return nil
            } else {
                output.append(self.bytes[self.position])
                self.position += 1
            }
        }
        return String(validating: output, as: UTF8.self)
    }
}
