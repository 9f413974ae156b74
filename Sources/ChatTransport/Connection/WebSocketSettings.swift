package import ChatProtocol
import NIOCore

/// What the connections of one server, or of one client, have in common: made once, so that each holds no more than a reference.
package final class WebSocketSettings: Sendable {
    let role: WebSocketFrameReader.Role
    let maximumFrameBytes: Int
    let maximumMessageBytes: Int
    let maximumOutboundBytes: Int
    let maximumControlFramesPerSecond: Int
    let sendTimeout: TimeAmount?
    let pingInterval: TimeAmount?
    let pongTimeout: TimeAmount
    let closeTimeout: TimeAmount
    let messageTimeout: TimeAmount?
    let idleTimeout: TimeAmount?
    let maximumLifetime: TimeAmount?
    let compression: WebSocketCompression?

    package init(_ configuration: WebSocketConfiguration, role: WebSocketFrameReader.Role) {
        self.role = role
        self.maximumFrameBytes = configuration.maximumFrameBytes
        self.maximumMessageBytes = configuration.maximumMessageBytes
        self.maximumOutboundBytes = configuration.maximumOutboundBytes
        self.maximumControlFramesPerSecond = configuration.maximumControlFramesPerSecond
        self.sendTimeout = configuration.sendTimeout.map { TimeAmount($0) }
        self.pingInterval = configuration.pingInterval.map { TimeAmount($0) }
        self.pongTimeout = TimeAmount(configuration.pongTimeout)
        self.closeTimeout = TimeAmount(configuration.closeTimeout)
        self.messageTimeout = configuration.messageTimeout.map { TimeAmount($0) }
        self.idleTimeout = configuration.idleTimeout.map { TimeAmount($0) }
        self.maximumLifetime = configuration.maximumLifetime.map { TimeAmount($0) }
        self.compression = configuration.compression
    }
}
