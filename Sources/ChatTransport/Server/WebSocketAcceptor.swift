import ChatProtocol
package import NIOCore
import Synchronization

/// Lets connections in: counts them, has their handshakes carried out, and tells them when the server goes down. Who listens is not its
/// concern.
package final class WebSocketAcceptor: Sendable {
    package let configuration: WebSocketServerConfiguration
    let settings: WebSocketSettings
    let headLimits: HandshakeHead.Limits
    let handshakeTimeout: TimeAmount
    let decide: WebSocketUpgradeDecider
    private let tally: ConnectionTally
    private let loops: WebSocketLoops
    private let state = Mutex(State())

    private struct State {
        var acceptorLoops: [ObjectIdentifier: AcceptorLoop] = [:]
        var isGoingDown = false
    }

    package init(configuration: WebSocketServerConfiguration, loops: WebSocketLoops, decide: WebSocketUpgradeDecider) {
        self.configuration = configuration
        self.settings = WebSocketSettings(configuration.webSocket, role: .server)
        self.headLimits = .init(bytes: configuration.maximumHeaderBytes, fields: configuration.maximumHeaderCount)
        self.handshakeTimeout = TimeAmount(configuration.handshakeTimeout)
        self.decide = decide
        self.tally = ConnectionTally(
            ConnectionCounter(
                maximumConnections: configuration.maximumConnections,
                maximumConnectionsPerAddress: configuration.maximumConnectionsPerAddress))
        self.loops = loops
    }

    /// Sets a channel up to expect a handshake. On its event loop.
    ///
    /// - Parameters:
    ///   - isAlone: whether nothing in the channel changes what is sent, so that a broadcast may bypass it.
    ///   - deadline: when the handshake has to be done. Default: `handshakeTimeout` from now.
    ///   - source: for whoever has seen to the PROXY protocol already.
    package func accept(_ channel: any Channel, isAlone: Bool, deadline: NIODeadline? = nil, source: ProxySource? = nil) throws {
        let address = channel.remoteAddress.flatMap { AddressKey($0) }
        // A proxy's address says nothing of the client's, which the handshake will tell.
        let isBehindProxy = self.configuration.proxyProtocol || self.configuration.trustedProxies != .none
        let counted = isBehindProxy || self.configuration.maximumConnectionsPerAddress == nil ? nil : address
        guard self.tally.admit(address: counted) else {
            channel.close(promise: nil)
            return
        }
        let acceptorLoop = self.acceptorLoop(channel.eventLoop)
        let handshake = ServerHandshakeHandler(
            acceptor: self, loop: acceptorLoop.loop, isAlone: isAlone, deadline: deadline ?? channel.eventLoop.now + self.handshakeTimeout,
            source: source ?? ProxySource())
        acceptorLoop.add(handshake, countedAddress: counted)
        do {
            try channel.pipeline.syncOperations.addHandler(handshake)
            if self.configuration.proxyProtocol, source == nil {
                try handshake.source.addToPipeline(of: channel, deadline: handshake.deadline)
            }
        } catch {
            handshake.leaveAcceptor()
            throw error
        }
        acceptorLoop.cutIfLate(handshake)
    }

    private func acceptorLoop(_ eventLoop: any EventLoop) -> AcceptorLoop {
        let loop = self.loops[eventLoop]
        return self.state.withLock { state in
            if let known = state.acceptorLoops[ObjectIdentifier(eventLoop)] { return known }
            let new = AcceptorLoop(loop: loop, tally: self.tally, isGoingDown: state.isGoingDown)
            state.acceptorLoops[ObjectIdentifier(eventLoop)] = new
            return new
        }
    }

    /// How many connections there are, those in their handshake included.
    package var connectionCount: Int { self.tally.count }

    // MARK: Going down

    /// Tells every connection to end, those that are open with 1001; whichever still comes ends at once.
    package func quiesce() {
        self.state.withLock { $0.isGoingDown = true }
        self.forEachLoop { $0.quiesce() }
    }

    /// Ends every connection, and whichever may still come.
    package func cut() {
        self.state.withLock { $0.isGoingDown = true }
        self.forEachLoop { $0.cut() }
    }

    /// Succeeds when there is no connection.
    package func whenEmpty(on eventLoop: any EventLoop) -> EventLoopFuture<Void> { self.tally.whenEmpty(on: eventLoop) }

    private func forEachLoop(_ body: @escaping @Sendable (AcceptorLoop) -> Void) {
        let loops = self.state.withLock { Array($0.acceptorLoops.values) }
        for loop in loops { loop.loop.eventLoop.execute { body(loop) } }
    }
}
