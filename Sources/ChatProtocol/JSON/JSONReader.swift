/// A forward-only reader of one JSON text (RFC 8259) in memory that it does not own.
///
/// It never recurses and never allocates for what it passes over, so neither deep nesting nor a long value costs more
/// than one scan. Duplicate names are handed on as they come; callers keep the last, as most readers do.
package struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    package private(set) var position: Int

    /// How many arrays and objects may stand inside one another. Stops a text of brackets from costing memory.
    package static let maximumDepth = 64

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        self.position = 0
    }

    /// The kinds of value that a first byte announces.
    package enum ValueKind {
        case string, number, object, array, literal
    }

    package var atEnd: Bool { self.position == self.bytes.count }

    package mutating func skipWhitespace() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0A, 0x0D: self.position += 1
            default: return
            }
        }
    }

    /// Takes `byte` if it is next, white space aside.
    package mutating func take(_ byte: UInt8) -> Bool {
        self.skipWhitespace()
        guard self.position < self.bytes.count, self.bytes[self.position] == byte else { return false }
        self.position += 1
        return true
    }

    package mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard self.take(byte) else { throw self.error() }
    }

    /// The kind of the next value, which is not consumed.
    package mutating func peekKind() throws(JSONError) -> ValueKind {
        self.skipWhitespace()
        guard self.position < self.bytes.count else { throw self.error() }
        switch self.bytes[self.position] {
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
        default: throw self.error()
        }
    }

    /// Steps through the members of an object: call after `{` was consumed, and again after each value.
    ///
    /// - Returns: the next name, or nil once `}` was consumed.
    package mutating func nextName(first: inout Bool) throws(JSONError) -> String? {
        if self.take(UInt8(ascii: "}")) {
            return nil
        }
        if !first { try self.expect(UInt8(ascii: ",")) }
        first = false
        let name = try self.readString()
        try self.expect(UInt8(ascii: ":"))
        return name
    }

    /// Steps through an array: call after `[` was consumed, and again after each element.
    ///
    /// - Returns: whether an element follows.
    package mutating func nextElement(first: inout Bool) throws(JSONError) -> Bool {
        if self.take(UInt8(ascii: "]")) { return false }
        if !first { try self.expect(UInt8(ascii: ",")) }
        first = false
        return true
    }

    package mutating func readString() throws(JSONError) -> String {
        try self.expect(UInt8(ascii: "\""))
        let start = self.position
        var end = start
        while end < self.bytes.count {
            let byte = self.bytes[end]
            if byte == UInt8(ascii: "\"") {
                self.position = end + 1
                let slice = UnsafeBufferPointer(rebasing: self.bytes[start..<end])
                guard let string = String(validating: slice, as: UTF8.self) else { throw self.error() }
                return string
            }
            if byte == UInt8(ascii: "\\") { return try self.readEscapedString(from: start, firstEscape: end) }
            if byte < 0x20 { break }
            end += 1
        }
        self.position = end
        throw self.error()
    }

    /// An integer without fraction or exponent that fits `Int64`, or nil if the number is another one.
    package mutating func readInteger() throws(JSONError) -> Int64? {
        self.skipWhitespace()
        let start = self.position
        try self.skipNumber()
        var index = start
        let negative = self.bytes[index] == UInt8(ascii: "-")
        if negative { index += 1 }
        var magnitude: UInt64 = 0
        while index < self.position {
            let byte = self.bytes[index]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            magnitude = sum
            index += 1
        }
        if negative && magnitude == Int64.min.magnitude { return .min }
        guard magnitude <= UInt64(Int64.max) else { return nil }
        return negative ? -Int64(magnitude) : Int64(magnitude)
    }

    package mutating func readBoolean() throws(JSONError) -> Bool? {
        self.skipWhitespace()
        if self.matches("true") { return true }
        if self.matches("false") { return false }
        try self.skipValue()
        return nil
    }

    /// Passes over one value of any kind.
    package mutating func skipValue() throws(JSONError) {
        // One bit an open container (object or array), so nesting needs no stack of its own.
        var isObject: UInt64 = 0
        var depth = 0
        repeat {
            switch try self.peekKind() {
            case .string: try self.skipString()
            case .number: try self.skipNumber()
            case .literal:
                guard self.matches("true") || self.matches("false") || self.matches("null") else { throw self.error() }
            case .object, .array:
                guard depth < Self.maximumDepth else { throw JSONError(offset: self.position, reason: .tooDeep) }
                let object = self.bytes[self.position] == UInt8(ascii: "{")
                self.position += 1
                isObject = (isObject << 1) | (object ? 1 : 0)
                depth += 1
                if self.take(object ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    isObject >>= 1
                    depth -= 1
                } else {
                    if object { try self.skipName() }
                    continue
                }
            }
            // A value has ended: close what ends with it, or go on to the next sibling.
            while depth > 0 {
                let object = isObject & 1 == 1
                if self.take(UInt8(ascii: ",")) {
                    if object { try self.skipName() }
                    break
                }
                try self.expect(object ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                isObject >>= 1
                depth -= 1
            }
        } while depth > 0
    }

    /// The text of the value that starts here, passed over.
    package mutating func readRawValue() throws(JSONError) -> String {
        self.skipWhitespace()
        let start = self.position
        try self.skipValue()
        let slice = UnsafeBufferPointer(rebasing: self.bytes[start..<self.position])
        guard let string = String(validating: slice, as: UTF8.self) else { throw self.error() }
        return string
    }

    package func error() -> JSONError {
        JSONError(offset: self.position, reason: self.position >= self.bytes.count ? .truncated : .unexpectedByte)
    }
}

extension JSONReader {
    private mutating func skipName() throws(JSONError) {
        self.skipWhitespace()
        try self.skipString()
        try self.expect(UInt8(ascii: ":"))
    }

    private mutating func skipString() throws(JSONError) {
        try self.expect(UInt8(ascii: "\""))
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case UInt8(ascii: "\""):
                self.position += 1
                return
            case UInt8(ascii: "\\"):
                self.position += 1
                _ = try self.readEscape()
            case 0..<0x20: throw self.error()
            default: self.position += 1
            }
        }
        throw self.error()
    }

    private mutating func skipNumber() throws(JSONError) {
        self.takeByte(UInt8(ascii: "-"))
        guard self.position < self.bytes.count else { throw self.error() }
        if self.bytes[self.position] == UInt8(ascii: "0") {
            self.position += 1
        } else {
            try self.skipDigits()
        }
        if self.takeByte(UInt8(ascii: ".")) { try self.skipDigits() }
        if self.takeByte(UInt8(ascii: "e")) || self.takeByte(UInt8(ascii: "E")) {
            if !self.takeByte(UInt8(ascii: "+")) { self.takeByte(UInt8(ascii: "-")) }
            try self.skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = self.position
        while self.position < self.bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.bytes[self.position]) {
            self.position += 1
        }
        guard self.position > start else { throw self.error() }
    }

    @discardableResult
    private mutating func takeByte(_ byte: UInt8) -> Bool {
        guard self.position < self.bytes.count, self.bytes[self.position] == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func matches(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard self.bytes.count - self.position >= count else { return false }
        for index in 0..<count where self.bytes[self.position + index] != literal.utf8Start[index] { return false }
        self.position += count
        return true
    }

    private mutating func readEscapedString(from start: Int, firstEscape: Int) throws(JSONError) -> String {
        var utf8 = [UInt8](self.bytes[start..<firstEscape])
        self.position = firstEscape
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: utf8, as: UTF8.self) else { throw self.error() }
                return string
            case UInt8(ascii: "\\"):
                utf8.append(contentsOf: try self.readEscape().utf8)
            case 0..<0x20:
                self.position -= 1
                throw self.error()
            default: utf8.append(byte)
            }
        }
        throw self.error()
    }

    /// What follows a backslash. A surrogate that has no partner is refused: it is no character.
    private mutating func readEscape() throws(JSONError) -> Character {
        guard self.position < self.bytes.count else { throw self.error() }
        let byte = self.bytes[self.position]
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try self.readHexUnit()
            if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
            guard (0xD800..<0xDC00).contains(unit), self.takeByte(UInt8(ascii: "\\")), self.takeByte(UInt8(ascii: "u")) else {
                throw self.error()
            }
            let low = try self.readHexUnit()
            guard (0xDC00..<0xE000).contains(low) else { throw self.error() }
            let value = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
            guard let scalar = Unicode.Scalar(value) else { throw self.error() }
            return Character(scalar)
        default:
            self.position -= 1
            throw self.error()
        }
    }

    private mutating func readHexUnit() throws(JSONError) -> UInt32 {
        guard self.bytes.count - self.position >= 4 else { throw self.error() }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(self.bytes[self.position])).hexDigitValue, self.bytes[self.position] < 0x80 else {
                throw self.error()
            }
            unit = unit << 4 | UInt32(digit)
            self.position += 1
        }
        return unit
    }
}
