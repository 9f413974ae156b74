import ChatProtocol

/// What of a request to connect says who is asking.
public struct ConnectRequest: Sendable {
    /// The field `Authorization`.
    public var authorization: String?
    /// The subprotocols that the client offers, in its order.
    public var subprotocols: [String]
    /// The query item `token`, decoded.
    public var queryToken: String?

    public init(authorization: String? = nil, subprotocols: [String] = [], queryToken: String? = nil) {
        self.authorization = authorization
        self.subprotocols = subprotocols
        self.queryToken = queryToken
    }

    /// The token, from the first place that has one: the `Authorization` field, a subprotocol, the query.
    ///
    /// The query comes last and should be avoided: URLs end up in logs.
    public var token: String? {
        if let authorization {
            // An `Authorization` of another scheme is a request that was not meant for this server; it is not passed over.
            let parts = authorization.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
        }
        let prefix = ChatDefaults.bearerSubprotocolPrefix
        if let offered = self.subprotocols.first(where: { $0.hasPrefix(prefix) }) { return String(offered.dropFirst(prefix.count)) }
        return self.queryToken
    }

    /// What the server selects: the chat's own subprotocol if it is offered, never the one that carries the token.
    public var selectedSubprotocol: String? {
        self.subprotocols.contains(ChatDefaults.subprotocol) ? ChatDefaults.subprotocol : nil
    }
}
