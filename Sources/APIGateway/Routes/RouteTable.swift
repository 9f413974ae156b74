import APIGatewayDefinition

/// The routes of an API, and which of them a message takes.
struct RouteTable: Sendable {
    static let connectKey = "$connect"
    static let disconnectKey = "$disconnect"
    static let defaultKey = "$default"

    let connect: RouteDefinition?
    let disconnect: RouteDefinition?
    private let expression: RouteSelectionExpression
    private let routes: [String: MessageRoute]
    private let fallback: MessageRoute?

    init(_ definition: APIDefinition) throws(RouteSelectionError) {
        self.expression = try RouteSelectionExpression(definition.routeSelectionExpression)
        self.connect = definition.routes[Self.connectKey]
        self.disconnect = definition.routes[Self.disconnectKey]
        var routes: [String: MessageRoute] = [:]
        for (key, route) in definition.routes where !key.hasPrefix("$") { routes[key] = MessageRoute(key: key, definition: route) }
        self.routes = routes
        self.fallback = definition.routes[Self.defaultKey].map { MessageRoute(key: Self.defaultKey, definition: $0) }
    }

    /// The route whose key is exactly what the expression says of the message, else `$default`, whose key the event then has.
    ///
    /// A message that says `$connect` or `$disconnect` takes neither: those are the gateway's to begin.
    ///
    /// - Returns: nil if there is no route for it.
    func route(for message: UnsafeRawBufferPointer) -> MessageRoute? {
        guard case .key(let key) = self.expression.evaluate(message) else { return self.fallback }
        return self.routes[key] ?? self.fallback
    }
}

/// A route that messages take.
struct MessageRoute: Sendable {
    let key: String
    let definition: RouteDefinition
    /// The start of each of its events.
    let eventPrefix: [UInt8]

    init(key: String, definition: RouteDefinition) {
        self.key = key
        self.definition = definition
        self.eventPrefix = MessageEvent.prefix(routeKey: key)
    }
}
