import ChatProtocol

/// A JSON text as a tree: for what a function answers, of which only a few members matter.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads one whole text.
    ///
    /// - Returns: nil if it is not JSON, or nests deeper than ``JSONReader/maximumDepth``.
    init?(_ bytes: [UInt8]) {
        let value: JSONValue? = bytes.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            guard let value = try? Self(&reader, depth: 0) else { return nil }
            reader.skipWhitespace()
            return reader.atEnd ? value : nil
        }
        guard let value else { return nil }
        self = value
    }

    private init(_ reader: inout JSONReader, depth: Int) throws(JSONError) {
        guard depth < JSONReader.maximumDepth else { throw reader.error() }
        switch try reader.peekKind() {
        case .string: self = .string(try reader.readString())
        case .number: self = .number(try reader.readRawValue())
        case .literal:
            switch try reader.readRawValue() {
            case "true": self = .bool(true)
            case "false": self = .bool(false)
            default: self = .null
            }
        case .array:
            try reader.expect(UInt8(ascii: "["))
            var elements: [JSONValue] = []
            var first = true
            while try reader.nextElement(first: &first) { elements.append(try Self(&reader, depth: depth + 1)) }
            self = .array(elements)
        case .object:
            try reader.expect(UInt8(ascii: "{"))
            var members: [String: JSONValue] = [:]
            var first = true
            while let name = try reader.nextName(first: &first) { members[name] = try Self(&reader, depth: depth + 1) }
            self = .object(members)
        }
    }

    subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var string: String? {
        if case .string(let value) = self { value } else { nil }
    }
}
