import ChatProtocol

/// The events that a connection has once: CONNECT, the authorizer's question, DISCONNECT.
///
/// A member that has nothing to say is absent, never `null`. The shapes are those of captured events; see `docs/GATEWAY.md` for what is
/// known and what is not.
struct ConnectionEvent: Sendable {
    var facts: ConnectionFacts
    var requestId: String
    var time: Timestamp

    /// What the `$connect` route's function is called with.
    func connect(_ request: ConnectionRequest) -> [UInt8] {
        var event = JSONObjectWriter()
        event.member("headers", request.headersForFunction.single)
        event.member("multiValueHeaders", request.headersForFunction.multiple)
        if !request.query.isEmpty {
            event.member("queryStringParameters", request.query.single)
            event.member("multiValueQueryStringParameters", request.query.multiple)
        }
        event.member("requestContext", self.context(routeKey: RouteTable.connectKey, eventType: "CONNECT"))
        event.member("isBase64Encoded", false)
        return event.finished
    }

    /// What a REQUEST authorizer is called with. It sees every header, and its maps are there if they are empty.
    ///
    /// - Parameter stageARN: up to the stage.
    func authorizer(_ request: ConnectionRequest, stageARN: String, stageVariables: [String: String]) -> [UInt8] {
        var headers = request.headers
        if request.header("content-length") == nil { headers.append(.init(name: "content-length", values: ["0"])) }
        var variables = JSONObjectWriter()
        for (name, value) in stageVariables.sorted(by: { $0.key < $1.key }) { variables.member(name, value) }
        var event = JSONObjectWriter()
        event.member("type", "REQUEST")
        event.member("methodArn", "\(stageARN)/\(RouteTable.connectKey)")
        event.member("headers", headers.single)
        event.member("multiValueHeaders", headers.multiple)
        event.member("queryStringParameters", request.query.single)
        event.member("multiValueQueryStringParameters", request.query.multiple)
        event.member("stageVariables", variables)
        event.member("requestContext", self.context(routeKey: RouteTable.connectKey, eventType: "CONNECT"))
        return event.finished
    }

    /// What the `$disconnect` route's function is called with.
    func disconnect(_ reason: DisconnectReason) -> [UInt8] {
        let headers: [ConnectionRequest.Item] = [
            .init(name: "Host", values: [self.facts.domainName]),
            .init(name: "x-api-key", values: [""]),
            .init(name: "X-Forwarded-For", values: [""]),
            .init(name: "x-restapi", values: [""]),
        ]
        var event = JSONObjectWriter()
        event.member("headers", headers.single)
        event.member("multiValueHeaders", headers.multiple)
        event.member("requestContext", self.context(routeKey: RouteTable.disconnectKey, eventType: "DISCONNECT", reason: reason))
        event.member("isBase64Encoded", false)
        return event.finished
    }

    private func context(routeKey: String, eventType: String, reason: DisconnectReason? = nil) -> JSONObjectWriter {
        var context = JSONObjectWriter()
        context.member("routeKey", routeKey)
        if let reason { context.member("disconnectStatusCode", Int64(reason.code)) }
        context.member("eventType", eventType)
        context.member("extendedRequestId", self.requestId)
        context.member("requestTime", RequestTime.text(self.time))
        context.member("messageDirection", "IN")
        if let reason { context.member("disconnectReason", reason.text) }
        context.member("stage", self.facts.stage)
        context.member("connectedAt", self.facts.connectedAt.millisecondsSinceEpoch)
        context.member("requestTimeEpoch", self.time.millisecondsSinceEpoch)
        context.member("identity", self.facts.identity)
        context.member("requestId", self.requestId)
        context.member("domainName", self.facts.domainName)
        context.member("connectionId", self.facts.connectionId)
        context.member("apiId", self.facts.apiId)
        if let authorizer = self.facts.authorizer { context.member("authorizer", json: authorizer.json) }
        return context
    }
}
