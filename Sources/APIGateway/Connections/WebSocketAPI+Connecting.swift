import APIGatewayDefinition
import ChatProtocol
import ChatTransport
import HTTPTypes
import LambdaHost
import NIOCore

extension WebSocketAPI {
    /// Answers a handshake: quotas, authorizer, `$connect`, and only then the 101.
    func answer(_ request: WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer {
        guard self.isWebSocketPath(request.path) else { return self.refuse(request, status: 404, isStage: false) }
        if let limit = self.definition.quotas.urlBytes, request.path.utf8.count + request.query.utf8.count + 1 > limit {
            return self.refuse(request, status: 414)
        }
        guard self.life.begin() else { return self.refuse(request, status: 503) }
        let answer = await self.connect(request)
        // Whoever was let in is counted until `$disconnect` has been told of the end.
        if case .reject = answer { self.life.end() }
        return answer
    }

    private func connect(_ request: WebSocketUpgradeRequest) async -> WebSocketUpgradeAnswer {
        // First of all: what is one too many should cost nothing to read.
        guard self.quotas.mayConnect(now: .now()) else { return self.refuse(request, status: 429) }
        let time = self.now()
        var identifiers = GatewayIdentifierSource()
        let requestId = identifiers.next().text
        let traceId = TraceHeader.next(at: time, &identifiers)
        let host = request.headers[HTTPField.Name("Host")!] ?? ""
        let isSecure = self.definition.listener.tls != .off
        let connection = ConnectionRequest(request, traceHeader: traceId, port: Self.port(of: host, isSecure: isSecure), isSecure: isSecure)
        let event = ConnectionEvent(facts: self.facts(of: request, at: time), requestId: requestId, time: time)
        var attempt = ConnectAttempt(request: connection, event: event, traceId: traceId)
        let decision = await self.decide(&attempt)
        self.log(attempt, decision: decision)
        switch decision {
        case .reject(let status, _): return Self.reject(status)
        case .accept(let subprotocol):
            // A client may have been given only what it asked for (RFC 6455 section 4.2.2).
            let selected = subprotocol.flatMap { request.subprotocols.contains($0) ? $0 : nil }
            let opening = Opening(api: self, facts: attempt.event.facts)
            return .accept(subprotocol: selected, headers: [:]) { channel, socket in opening.open(channel, socket: socket) }
        }
    }

    private func decide(_ attempt: inout ConnectAttempt) async -> ConnectDecision {
        guard let route = self.routes.connect else { return .accept(subprotocol: nil) }
        if route.requiresAuthorizer {
            // An API that wants an authorizer and has none lets nobody in.
            guard let authorizer = self.definition.authorizer else { return .reject(status: 500, failure: "there is no authorizer") }
            if let refusal = await self.authorize(&attempt, by: authorizer) { return refusal }
        }
        let startedAt = NIODeadline.now()
        let outcome = await self.integration.call(
            route.function, event: attempt.event.connect(attempt.request), traceId: attempt.traceId,
            timeout: self.integration.timeout(of: route))
        let decision = ConnectDecision(outcome)
        attempt.integration = .init(status: decision.status, latency: Self.latency(since: startedAt), error: decision.failure)
        if let failure = decision.failure { self.functionFailed(route.function, failure: failure) }
        return decision
    }

    /// - Returns: nil if the client may go on.
    private func authorize(_ attempt: inout ConnectAttempt, by authorizer: AuthorizerDefinition) async -> ConnectDecision? {
        let facts = attempt.event.facts
        for source in self.identitySources
        where !source.isPresent(in: attempt.request, facts: facts, stageVariables: self.definition.stageVariables) {
            return .reject(status: 401, failure: nil)
        }
        let startedAt = NIODeadline.now()
        let event = attempt.event.authorizer(
            attempt.request, stageARN: self.definition.stageARN, stageVariables: self.definition.stageVariables)
        let outcome = await self.integration.call(
            authorizer.function, event: event, traceId: attempt.traceId, timeout: self.definition.quotas.integrationTimeout)
        let latency = Self.latency(since: startedAt)
        let result = AuthorizerResult(
            outcome ?? .timedOut, resource: "\(self.definition.stageARN)/\(RouteTable.connectKey)",
            maximumBytes: self.definition.quotas.authorizerResultBytes, latency: latency)
        var refusal: ConnectDecision?
        switch result {
        case .allowed(let context): attempt.event.facts.authorizer = context
        case .unauthorized: refusal = .reject(status: 401, failure: nil)
        case .denied: refusal = .reject(status: 403, failure: nil)
        case .failed(let reason):
            self.functionFailed(authorizer.function, failure: reason)
            refusal = .reject(status: 500, failure: reason)
        }
        attempt.authorizer = .init(status: refusal?.status ?? 200, latency: latency, error: refusal?.failure)
        return refusal
    }

    /// Refuses a handshake that neither the authorizer nor `$connect` hears of.
    ///
    /// - Parameter isStage: whether its path is the stage's. Otherwise there is no stage, no route and no connection that a log could name.
    private func refuse(_ request: WebSocketUpgradeRequest, status: Int, isStage: Bool = true) -> WebSocketUpgradeAnswer {
        guard self.logsAccess else { return Self.reject(status) }
        let time = self.now()
        let event = ConnectionEvent(facts: self.facts(of: request, at: time), requestId: GatewayIdentifier.random().text, time: time)
        var record = Self.record(of: event, status: status)
        if !isStage {
            record.facts.stage = "-"
            record.facts.connectionId = "-"
            record.routeKey = "-"
        }
        self.logAccess(record)
        return Self.reject(status)
    }

    // MARK: The end

    /// Tells `$disconnect` of a connection's end, once; whether the function answers or not.
    func disconnected(_ facts: ConnectionFacts, reason: DisconnectReason) {
        var identifiers = GatewayIdentifierSource()
        let time = self.now()
        let event = ConnectionEvent(facts: facts, requestId: identifiers.next().text, time: time)
        guard let route = self.routes.disconnect else { return self.life.end() }
        let traceId = TraceHeader.next(at: time, &identifiers)
        Task {
            let startedAt = NIODeadline.now()
            let outcome = await self.integration.call(
                route.function, event: event.disconnect(reason), traceId: traceId, timeout: self.integration.timeout(of: route))
            let failure = outcome.map(\.failure) ?? "the integration timed out"
            if let failure { self.functionFailed(route.function, failure: failure) }
            if self.logsAccess {
                var record = AccessLogRecord(
                    facts: facts, eventType: "DISCONNECT", routeKey: RouteTable.disconnectKey, requestId: event.requestId, time: time,
                    status: failure == nil ? 200 : 500)
                record.integration = .init(status: record.status, latency: Self.latency(since: startedAt), error: failure)
                self.logAccess(record)
            }
            self.life.end()
        }
    }

    // MARK: Details

    private func log(_ attempt: ConnectAttempt, decision: ConnectDecision) {
        guard self.logsAccess else { return }
        var record = Self.record(of: attempt.event, status: decision.status)
        record.integration = attempt.integration
        record.authorizer = attempt.authorizer
        self.logAccess(record)
    }

    private static func record(of event: ConnectionEvent, status: Int) -> AccessLogRecord {
        var record = AccessLogRecord(
            facts: event.facts, eventType: "CONNECT", routeKey: RouteTable.connectKey, requestId: event.requestId, time: event.time,
            status: status)
        let reason = HTTPResponse.Status(refusal: status).reasonPhrase
        record.errorMessage = status == 200 || reason.isEmpty ? nil : reason
        return record
    }

    private func facts(of request: WebSocketUpgradeRequest, at time: Timestamp) -> ConnectionFacts {
        ConnectionFacts(
            connectionId: GatewayIdentifier.random().text, connectedAt: time, sourceIp: request.remoteAddress ?? "",
            userAgent: request.headers[values: .userAgent].last, domainName: self.definition.domainName ?? "",
            stage: self.definition.stage, apiId: self.definition.apiId)
    }

    private static func latency(since start: NIODeadline) -> Int64 { (NIODeadline.now() - start).nanoseconds / 1_000_000 }

    private static func reject(_ status: Int) -> WebSocketUpgradeAnswer {
        .reject(status: HTTPResponse.Status(refusal: status), headers: [:], body: "")
    }

    /// The port that the client connected to, as its `Host` tells.
    private static func port(of host: String, isSecure: Bool) -> Int {
        let standard = isSecure ? 443 : 80
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return standard }
        return Int(host[host.index(after: colon)...]).flatMap { (1...65_535).contains($0) ? $0 : nil } ?? standard
    }
}

/// A handshake on its way.
private struct ConnectAttempt {
    let request: ConnectionRequest
    var event: ConnectionEvent
    let traceId: String
    var integration: AccessLogRecord.Call?
    var authorizer: AccessLogRecord.Call?
}

extension HTTPResponse.Status {
    /// With its reason, which a status that is made of a number alone has not.
    fileprivate init(refusal code: Int) {
        let known: [Self] = [
            .badRequest, .unauthorized, .forbidden, .notFound, .uriTooLong, .tooManyRequests, .internalServerError, .badGateway,
            .serviceUnavailable, .gatewayTimeout,
        ]
        self = known.first { $0.code == code } ?? Self(code: code)
    }
}

extension ConnectDecision {
    /// What an access log has for it.
    fileprivate var status: Int {
        switch self {
        case .accept: 200
        case .reject(let status, _): status
        }
    }

    fileprivate var failure: String? {
        switch self {
        case .accept: nil
        case .reject(_, let failure): failure
        }
    }
}
