import ChatProtocol

extension RouteSelectionExpression {
    /// What the expression makes of a message.
    enum Result: Equatable {
        /// Not JSON, or nested too deeply to be read.
        case notJSON
        /// A single path that leads nowhere.
        case missing
        /// The key; where one of several parts leads nowhere, an empty text stands in its place.
        case key(String)
    }

    /// Every value's text is as short as the message, so nothing grows here.
    func evaluate(_ message: UnsafeRawBufferPointer) -> Result {
        let bytes = message.assumingMemoryBound(to: UInt8.self)
        do throws(JSONError) {
            if self.parts.count == 1, case .path(let steps) = self.parts[0] {
                return try Self.text(at: steps, in: bytes).map { .key($0) } ?? .missing
            }
            var key = ""
            var hasRead = false
            for part in self.parts {
                switch part {
                case .text(let text): key += text
                case .path(let steps):
                    key += try Self.text(at: steps, in: bytes) ?? ""
                    hasRead = true
                }
            }
            if !hasRead { _ = try Self.text(at: [], in: bytes) }
            return .key(key)
        } catch {
            return .notJSON
        }
    }

    /// Passes over the whole text, since half of one is not JSON, and looks at nothing but what the path names. Of two members with the
    /// same name the later counts.
    private static func text(at steps: [Step], in bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> String? {
        var reader = JSONReader(bytes)
        let text = try self.text(at: steps[...], &reader)
        reader.skipWhitespace()
        guard reader.atEnd else { throw reader.error() }
        return text
    }

    private static func text(at steps: ArraySlice<Step>, _ reader: inout JSONReader) throws(JSONError) -> String? {
        guard let step = steps.first else { return try self.stringified(&reader, depth: 0) }
        let rest = steps.dropFirst()
        var text: String?
        var first = true
        switch (step, try reader.peekKind()) {
        case (.member(let wanted), .object):
            try reader.expect(UInt8(ascii: "{"))
            while let name = try reader.nextName(first: &first) {
                if name == wanted { text = try self.text(at: rest, &reader) } else { try reader.skipValue() }
            }
        case (.element(let wanted), .array):
            try reader.expect(UInt8(ascii: "["))
            var place = 0
            while try reader.nextElement(first: &first) {
                if place == wanted { text = try self.text(at: rest, &reader) } else { try reader.skipValue() }
                place += 1
            }
        default: try reader.skipValue()
        }
        return text
    }

    /// A value as text: a string as it is, an array as `[item1, item2]`, any other as it stands. `null` counts as missing.
    private static func stringified(_ reader: inout JSONReader, depth: Int) throws(JSONError) -> String? {
        guard depth < JSONReader.maximumDepth else { throw reader.error() }
        switch try reader.peekKind() {
        case .string: return try reader.readString()
        case .number, .object: return try reader.readRawValue()
        case .literal:
            let text = try reader.readRawValue()
            return text == "null" ? nil : text
        case .array:
            try reader.expect(UInt8(ascii: "["))
            var items: [String] = []
            var first = true
            while try reader.nextElement(first: &first) { items.append(try self.stringified(&reader, depth: depth + 1) ?? "null") }
            return "[" + items.joined(separator: ", ") + "]"
        }
    }
}
