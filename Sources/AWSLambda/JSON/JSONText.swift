/// JSON that is written piece by piece into one growing array of bytes, without Foundation.
///
/// Callers open and close containers in the right order; this only minds the commas and the escapes. What it writes never
/// has a line break, so that one value is one line of a log.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(reservingCapacity capacity: Int = 256) { self.bytes.reserveCapacity(capacity) }

    mutating func object(_ members: (inout Self) throws -> Void) rethrows {
        self.separate()
        self.bytes.append(UInt8(ascii: "{"))
        self.needsComma = false
        try members(&self)
        self.bytes.append(UInt8(ascii: "}"))
        self.needsComma = true
    }

    mutating func array(_ elements: (inout Self) throws -> Void) rethrows {
        self.separate()
        self.bytes.append(UInt8(ascii: "["))
        self.needsComma = false
        try elements(&self)
        self.bytes.append(UInt8(ascii: "]"))
        self.needsComma = true
    }

    mutating func name(_ name: String) {
        self.string(name)
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
    }

    mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        self.name(name)
        self.string(value)
    }

    mutating func member(_ name: String, _ value: Int64?) {
        guard let value else { return }
        self.name(name)
        self.raw(String(value))
    }

    mutating func member(_ name: String, _ value: Double) {
        self.name(name)
        self.number(value)
    }

    mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        self.bool(value)
    }

    mutating func bool(_ value: Bool) { self.raw(value ? "true" : "false") }

    mutating func number(_ value: Double) { self.raw(Self.number(value)) }

    mutating func number(_ value: Int) { self.raw(String(value)) }

    mutating func string(_ value: String) {
        self.separate()
        JSONEscaping.append(string: value, to: &self.bytes)
        self.needsComma = true
    }

    /// Ends the line.
    mutating func endLine() { self.bytes.append(UInt8(ascii: "\n")) }

    /// A number as JSON writes it: whole numbers without a fraction. JSON has no infinity and no NaN: they become 0, so callers
    /// that can meet them decide beforehand.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }

    private mutating func raw(_ json: String) {
        self.separate()
        self.bytes.append(contentsOf: json.utf8)
        self.needsComma = true
    }

    private mutating func separate() {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
    }
}

extension String {
    /// At most so many bytes of UTF-8, cut at a character's border.
    func prefix(bytes limit: Int) -> Substring {
        guard self.utf8.count > limit else { return self[...] }
        var end = self.utf8.index(self.startIndex, offsetBy: max(0, limit))
        while end > self.startIndex, end.samePosition(in: self.unicodeScalars) == nil { end = self.utf8.index(before: end) }
        return self[..<end]
    }
}
