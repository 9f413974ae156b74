/// What picks a message's route: text, and paths into the message's JSON, as in `$request.body.action` or
/// `${request.body.service}/${request.body.action}`.
///
/// `\$` stands for a dollar sign, so that `\$default` is that text and no path. After `request.body` come names, each behind a dot, and
/// places in arrays, as in `items[0]`.
///
/// Source: API Gateway Developer Guide, "Using the route selection expression".
public struct RouteSelectionExpression: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case text(String)
        case path([Step])
    }

    /// One step into a JSON value.
    enum Step: Sendable, Hashable {
        case member(String)
        case element(Int)
    }

    let parts: [Part]

    /// The longest expression, in bytes. Keeps a configuration from making each message dear.
    static let maximumBytes = 1024
    /// Each path is one pass over a message.
    static let maximumPaths = 8

    /// - Throws: if it refers to anything but `request.body`, or is not well formed.
    public init(_ text: String) throws(RouteSelectionError) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumBytes else {
            throw RouteSelectionError("a route selection expression has 1 to \(Self.maximumBytes) bytes")
        }
        var parser = RouteSelectionParser(text)
        self.parts = try parser.parse()
        let paths = self.parts.count { if case .path = $0 { true } else { false } }
        guard paths <= Self.maximumPaths else {
            throw RouteSelectionError("a route selection expression has at most \(Self.maximumPaths) paths")
        }
    }
}
