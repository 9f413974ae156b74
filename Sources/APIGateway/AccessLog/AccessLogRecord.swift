import ChatProtocol

/// What an access log may say of one event.
struct AccessLogRecord: Sendable {
    var facts: ConnectionFacts
    var eventType: String
    var routeKey: String
    var requestId: String
    var time: Timestamp
    var messageId: String?
    /// What the gateway answered: of a connect the HTTP status, of a message 200 or the status that its error frame stands for.
    var status: Int
    var errorMessage: String?
    var errorType: String?
    var integration: Call?
    var authorizer: Call?

    /// A function that was called.
    struct Call: Sendable {
        /// What the function answered, 200 if that has no status.
        var status: Int
        /// In milliseconds.
        var latency: Int64
        var error: String?
    }

    /// - Parameter name: of the variable, without `$context.`.
    /// - Returns: nil if there is no such variable, or it has no value here.
    func value(of name: String) -> String? {
        switch name {
        case "apiId": self.facts.apiId
        case "connectedAt": String(self.facts.connectedAt.millisecondsSinceEpoch)
        case "connectionId": self.facts.connectionId
        case "domainName": self.facts.domainName
        case "eventType": self.eventType
        case "extendedRequestId", "requestId": self.requestId
        case "messageId": self.messageId
        case "requestTime": RequestTime.text(self.time)
        case "requestTimeEpoch": String(self.time.millisecondsSinceEpoch)
        case "routeKey": self.routeKey
        case "stage": self.facts.stage
        case "status": String(self.status)
        case "error.message": self.errorMessage
        case "error.responseType": self.errorType
        case "identity.sourceIp": self.facts.sourceIp.isEmpty ? nil : self.facts.sourceIp
        case "identity.userAgent": self.facts.userAgent
        case "integrationLatency", "integration.latency": self.integration.map { String($0.latency) }
        case "integration.status", "integration.integrationStatus": self.integration.map { String($0.status) }
        case "integration.error": self.integration?.error
        case "authorize.latency", "authorizer.latency", "authorizer.integrationLatency": self.authorizer.map { String($0.latency) }
        case "authorize.status", "authorizer.status", "authorizer.integrationStatus": self.authorizer.map { String($0.status) }
        case "authorize.error", "authorizer.error": self.authorizer?.error
        case "authorizer.principalId": self.facts.authorizer?.principalId
        default: name.hasPrefix("authorizer.") ? self.facts.authorizer?.values[String(name.dropFirst("authorizer.".count))] : nil
        }
    }
}
