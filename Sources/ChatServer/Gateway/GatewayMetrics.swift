import CoreMetrics
import Metrics

/// What a gateway counts. Everything is touched once a batch, never once a recipient.
struct GatewayMetrics: Sendable {
    let connections: Meter
    let opened: Counter
    let requests: Counter
    let accepted: Counter
    let repeated: Counter
    let delivered: Counter
    let fellBehind: Counter
    let commitSize: Recorder
    private let factory: any MetricsFactory

    init(factory: any MetricsFactory) {
        self.factory = factory
        self.connections = Meter(label: "chat_connections", factory: factory)
        self.opened = Counter(label: "chat_connections_opened", factory: factory)
        self.requests = Counter(label: "chat_requests", factory: factory)
        self.accepted = Counter(label: "chat_messages_accepted", factory: factory)
        self.repeated = Counter(label: "chat_messages_repeated", factory: factory)
        self.delivered = Counter(label: "chat_messages_delivered", factory: factory)
        self.fellBehind = Counter(label: "chat_connections_fell_behind", factory: factory)
        self.commitSize = Recorder(label: "chat_commit_messages", factory: factory)
    }

    /// - Parameter reason: one of a closed list.
    func rejected(reason: String) {
        Counter(label: "chat_connections_rejected", dimensions: [("reason", reason)], factory: self.factory).increment()
    }

    /// - Parameter code: one of a closed list.
    func failed(code: String) {
        Counter(label: "chat_request_errors", dimensions: [("code", code)], factory: self.factory).increment()
    }
}
