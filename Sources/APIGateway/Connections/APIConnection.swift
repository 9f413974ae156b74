import APIGatewayDefinition
import ChatProtocol
import ChatStore
import ChatTransport
import LambdaHost
import NIOCore

/// One open connection: has a function called for each message, says what comes of it, and tells `$disconnect` of its end.
///
/// Functions are called concurrently, as API Gateway calls them, up to ``WebSocketAPIConfiguration/maximumConcurrentMessages``; past that
/// the connection is not read from.
///
/// `@unchecked Sendable`: everything mutable is touched on the channel's event loop only.
final class APIConnection: WebSocketDelegate, @unchecked Sendable {
    let facts: ConnectionFacts
    private let api: WebSocketAPI
    private let channel: any Channel
    private let socket: WebSocketHandler
    private var events: MessageEvent
    private var identifiers = GatewayIdentifierSource()
    private var pending = PendingInvocations<MessageInvocation>()
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    /// What was read before it could be begun: what one read from the socket brought, or, at a stream's end, what was left in it.
    private var deferred = CircularBuffer<WebSocketMessage>()
    private var lastActiveAt: Timestamp
    /// Bytes that were posted in this turn of the loop, which the channel does not know of yet.
    private var postedBytes = 0

    private var eventLoop: any EventLoop { self.channel.eventLoop }

    init(_ facts: ConnectionFacts, api: WebSocketAPI, channel: any Channel, socket: WebSocketHandler) {
        self.facts = facts
        self.api = api
        self.channel = channel
        self.socket = socket
        self.events = MessageEvent(facts)
        self.lastActiveAt = facts.connectedAt
    }

    /// Becomes the user of its connection.
    func start() {
        self.socket.delegate = self
        self.api.registry.add(self)
    }

    func webSocketClosed() {
        self.timer?.task.cancel()
        self.timer = nil
        self.deferred = CircularBuffer()
        self.api.registry.remove(self)
        let own = self.socket.ownClosure
        self.socket.closeFuture.assumeIsolated().whenSuccess { peer in
            self.api.disconnected(self.facts, reason: DisconnectReason(own: own, peer: peer))
        }
    }

    // MARK: Messages

    func webSocketReceived(_ message: WebSocketMessage) {
        if self.mayBegin, self.deferred.isEmpty {
            self.begin(message)
        } else {
            self.deferred.append(message)
        }
        if !self.mayBegin { self.socket.pauseReading() }
    }

    private var mayBegin: Bool { self.pending.count < self.api.configuration.maximumConcurrentMessages }

    private func begin(_ message: WebSocketMessage) {
        guard message.kind == .text else {
            return self.socket.close(.unsupportedData, reason: "binary messages are not supported")
        }
        let time = self.api.now()
        let now = self.eventLoop.now
        self.lastActiveAt = time
        let requestId = self.identifiers.next()
        let messageId = self.identifiers.next()
        let route = message.bytes.withUnsafeReadableBytes { self.api.routes.route(for: $0) }
        let invocation = MessageInvocation(
            route: route, requestId: requestId, messageId: messageId, time: time, startedAt: now)
        guard self.api.quotas.mayRequest(now: now) else { return self.fail(invocation, .tooManyRequests) }
        guard let route else { return self.fail(invocation, .forbidden) }

        let event = self.events.event(route, requestId: requestId, messageId: messageId, time: time, body: message.bytes)
        let traceId = TraceHeader.next(at: time, &self.identifiers)
        let timeout = self.api.integration.timeout(of: route.definition)
        let token = self.pending.begin(invocation, deadline: timeout.map { now + TimeAmount($0) })
        self.scheduleTimer()
        self.api.integration.invoker.invoke(route.definition.function, event: event, traceId: traceId) { outcome in
            self.eventLoop.execute { self.finish(token, outcome) }
        }
    }

    private func finish(_ token: Int, _ outcome: LambdaOutcome) {
        guard let invocation = self.pending.finish(token), let route = invocation.route else { return }
        let result = MessageOutcome(
            outcome, hasRouteResponse: route.definition.hasRouteResponse, maximumBytes: self.api.maximumMessageBytes)
        switch result {
        case .nothing: self.log(invocation, status: 200)
        case .reply(let body):
            self.send(body)
            self.log(invocation, status: 200)
        case .error(let frame, let failure):
            self.api.functionFailed(route.definition.function, failure: failure)
            self.fail(invocation, frame, failure: failure)
        }
        self.beginDeferred()
    }

    private func beginDeferred() {
        guard self.socket.isOpen else { return }
        while self.mayBegin, let message = self.deferred.popFirst() { self.begin(message) }
        if self.deferred.isEmpty, self.mayBegin { self.socket.resumeReading() }
    }

    // MARK: Time

    /// One timer for the connection: one that turns out to be too early finds nothing to do.
    private func scheduleTimer() {
        guard let deadline = self.pending.earliestDeadline else { return }
        if let timer, timer.deadline <= deadline { return }
        self.timer?.task.cancel()
        let task = self.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            for invocation in self.pending.expire(now: self.eventLoop.now) {
                if let route = invocation.route {
                    self.api.functionFailed(route.definition.function, failure: "the integration timed out")
                }
                self.fail(invocation, .endpointRequestTimedOut, failure: "the integration timed out")
            }
            self.scheduleTimer()
            self.beginDeferred()
        }
        self.timer = (deadline, task)
    }

    // MARK: Sending

    private func fail(_ invocation: MessageInvocation, _ frame: ErrorFrame, failure: String? = nil) {
        self.send(frame.encoded(connectionId: self.facts.connectionId, requestId: invocation.requestId.text))
        self.log(invocation, status: frame.status, frame: frame, failure: failure)
    }

    private func send(_ text: [UInt8]) {
        guard self.socket.isOpen else { return }
        self.lastActiveAt = self.api.now()
        self.socket.post(EncodedMessage(.text, payload: text), now: self.eventLoop.now)
    }

    private func log(_ invocation: MessageInvocation, status: Int, frame: ErrorFrame? = nil, failure: String? = nil) {
        guard self.api.logsAccess else { return }
        var record = AccessLogRecord(
            facts: self.facts, eventType: "MESSAGE", routeKey: invocation.route?.key ?? "-", requestId: invocation.requestId.text,
            time: invocation.time, status: status)
        record.messageId = invocation.messageId.text
        record.errorMessage = frame?.message
        record.errorType = frame?.responseType
        if invocation.route != nil, frame != .tooManyRequests {
            let latency = (self.eventLoop.now - invocation.startedAt).nanoseconds / 1_000_000
            record.integration = .init(status: status, latency: latency, error: failure)
        }
        self.api.logAccess(record)
    }

    // MARK: @connections

    /// Runs on the connection's loop.
    ///
    /// - Returns: nil if the loop is gone.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (APIConnection) -> Value) async -> Value? {
        try? await self.eventLoop.submit { body(self) }.get()
    }

    func post(_ body: [UInt8]) -> PostOutcome {
        guard self.socket.isOpen else { return .gone }
        let unsent = (try? self.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let waiting = unsent + self.postedBytes
        // One message always fits, or one that is longer than the bound would never arrive.
        guard waiting == 0 || waiting + body.count <= self.api.configuration.maximumUnsentBytes else { return .bufferFull }
        let isFirst = self.postedBytes == 0
        self.postedBytes += max(1, body.count)
        self.send(body)
        // Runs behind what sends it, and then the channel knows.
        if isFirst { self.eventLoop.assumeIsolated().execute { self.postedBytes = 0 } }
        return .posted
    }

    var status: ConnectionStatus? {
        guard self.socket.isOpen else { return nil }
        return ConnectionStatus(
            connectedAt: self.facts.connectedAt, lastActiveAt: self.lastActiveAt, sourceIp: self.facts.sourceIp,
            userAgent: self.facts.userAgent)
    }

    /// What a `DELETE` does.
    func closeByRequest() -> Bool {
        guard self.socket.isOpen else { return false }
        self.socket.close(.normalClosure, reason: "Connection Closed Normally")
        return true
    }
}

/// A message that a function was called for, or would have been.
struct MessageInvocation: Sendable {
    /// Nil if no route takes it.
    var route: MessageRoute?
    var requestId: GatewayIdentifier
    var messageId: GatewayIdentifier
    var time: Timestamp
    var startedAt: NIODeadline
}
