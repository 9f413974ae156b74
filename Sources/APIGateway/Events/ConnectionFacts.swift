import ChatProtocol

/// What every event of one connection says of it.
struct ConnectionFacts: Sendable {
    var connectionId: String
    var connectedAt: Timestamp
    /// Without a port. Empty where there is none, as on a Unix domain socket.
    var sourceIp: String
    var userAgent: String?
    /// The host that the API is called by, with the port if it is not the scheme's own.
    var domainName: String
    var stage: String
    var apiId: String
    /// What the authorizer said, repeated on every event; nil without one.
    var authorizer: AuthorizerContext?

    /// `identity` of an event.
    var identity: JSONObjectWriter {
        var writer = JSONObjectWriter()
        writer.member("sourceIp", self.sourceIp)
        if let userAgent { writer.member("userAgent", userAgent) }
        return writer
    }
}
