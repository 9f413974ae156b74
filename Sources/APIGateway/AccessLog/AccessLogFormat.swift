import AWSLambda

/// The form of an access log's lines: text with `$context.…` variables.
///
/// Every value is escaped as in a JSON string, so that a form that is JSON makes lines that are. What is unknown or has no value is `-`.
///
/// Source: API Gateway Developer Guide, "Configuring logging for a WebSocket API".
public struct AccessLogFormat: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        case variable(String)
    }

    let parts: [Part]

    /// The longest format, in bytes: API Gateway's 3 KB.
    public static let maximumBytes = 3072

    /// - Returns: nil if it is longer than ``maximumBytes``.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else { return nil }
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            literal += rest[..<dollar]
            rest = rest[dollar...]
            guard rest.hasPrefix("$context.") else {
                literal.append(rest.removeFirst())
                continue
            }
            rest = rest.dropFirst("$context.".count)
            var name = Self.name(at: rest, hyphens: rest.hasPrefix("authorizer."))
            // A full stop at the end belongs to the sentence.
            while let last = name.last, last == "." || last == "-" { name.removeLast() }
            rest = rest.dropFirst(name.count)
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = ""
            parts.append(.variable(name))
        }
        literal += rest
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    /// - Parameter hyphens: whether they are part of the name: only what an authorizer calls its values has any.
    private static func name(at text: Substring, hyphens: Bool) -> String {
        String(text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || (hyphens && $0 == "-")) })
    }

    /// One line, without its end.
    func line(_ record: AccessLogRecord) -> String {
        var line = ""
        for part in self.parts {
            switch part {
            case .text(let text): line += text
            // It brings its quotation marks with it.
            case .variable("error.messageString"): line += record.errorMessage.map { "\"\(JSONEscaping.escaped($0))\"" } ?? "-"
            case .variable(let name): line += record.value(of: name).map { JSONEscaping.escaped($0) } ?? "-"
            }
        }
        return line
    }
}
