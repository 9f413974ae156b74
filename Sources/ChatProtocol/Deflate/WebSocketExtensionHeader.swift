/// The `Sec-WebSocket-Extensions` header fields of one request or response, read in order (RFC 6455 section 9.1).
struct WebSocketExtensionHeader {
    /// One extension that is offered or accepted, with its parameters in order, duplicates included.
    struct Element: Hashable {
        var name: String
        var parameters: [Parameter] = []
    }

    struct Parameter: Hashable {
        var name: String
        /// Nil when the parameter has no `=`. A quoted value is unquoted.
        var value: String?
    }

    /// The most bytes in all field values together. A browser sends 42; the bound stops a header from costing work or memory.
    static let maximumBytes = 4096
    /// The most extensions in all fields, and the most fields. A browser offers one or two.
    static let maximumElements = 16
    /// The most parameters of all extensions together; permessage-deflate has four.
    static let maximumParameters = 64

    private(set) var elements: [Element] = []

    /// Nil when a value breaks the grammar, or the fields exceed a bound.
    init?(_ values: [String]) {
        guard values.count <= Self.maximumElements, values.lazy.map(\.utf8.count).reduce(0, +) <= Self.maximumBytes else { return nil }
        var parameters = 0
        for value in values {
            var scanner = Scanner(value)
            // Empty elements of a list are allowed (RFC 9110 section 5.6.1.2).
            while scanner.skip(UInt8(ascii: ",")) {}
            while !scanner.atEnd {
                guard let element = scanner.element() else { return nil }
                parameters += element.parameters.count
                self.elements.append(element)
                guard self.elements.count <= Self.maximumElements, parameters <= Self.maximumParameters else { return nil }
                guard scanner.atEnd || scanner.skip(UInt8(ascii: ",")) else { return nil }
                while scanner.skip(UInt8(ascii: ",")) {}
            }
        }
    }
}

/// Reads the grammar byte by byte. White space may stand between any two tokens (RFC 2616 section 2.1, to which RFC 6455 refers).
private struct Scanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        self.rest = Array(text.utf8)[...]
        self.skipWhitespace()
    }

    var atEnd: Bool { self.rest.isEmpty }

    mutating func element() -> WebSocketExtensionHeader.Element? {
        guard let name = self.token() else { return nil }
        var element = WebSocketExtensionHeader.Element(name: name)
        while self.skip(UInt8(ascii: ";")) {
            guard let name = self.token() else { return nil }
            var parameter = WebSocketExtensionHeader.Parameter(name: name, value: nil)
            if self.skip(UInt8(ascii: "=")) {
                guard let value = self.rest.first == UInt8(ascii: "\"") ? self.quotedToken() : self.token() else { return nil }
                parameter.value = value
            }
            element.parameters.append(parameter)
        }
        return element
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard self.rest.first == byte else { return false }
        self.rest.removeFirst()
        self.skipWhitespace()
        return true
    }

    private mutating func token() -> String? {
        let token = self.rest.prefix(while: \.isTokenCharacter)
        guard !token.isEmpty else { return nil }
        self.rest = self.rest[token.endIndex...]
        self.skipWhitespace()
        return String(decoding: token, as: UTF8.self)
    }

    /// What stands between the quotes must be a token once it is unescaped (RFC 6455 section 9.1).
    private mutating func quotedToken() -> String? {
        var token: [UInt8] = []
        self.rest.removeFirst()
        while let byte = self.rest.popFirst() {
            if byte == UInt8(ascii: "\""), !token.isEmpty {
                self.skipWhitespace()
                return String(decoding: token, as: UTF8.self)
            }
            guard let unescaped = byte == UInt8(ascii: "\\") ? self.rest.popFirst() : byte, unescaped.isTokenCharacter else { return nil }
            token.append(unescaped)
        }
        return nil
    }

    private mutating func skipWhitespace() {
        self.rest = self.rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
