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

    /// Counts a connection before it is known whether it will be a WebSocket; closes one that is too many. On its event loop.
    ///
    /// - Returns: what is either handed to ``accept(_:isAlone:deadline:admission:)`` or released when the channel has closed. Nil if
    ///   there are enough.
    package func admit(_ channel: any Channel) -> ConnectionAdmission? {
        // A balancer's address says nothing of the client's, which its header will tell.
        let isByAddress = self.configuration.maximumConnectionsPerAddress != nil && !self.configuration.proxyProtocol
        let address = isByAddress ? channel.remoteAddress.flatMap { self.client($0) } : nil
        guard self.tally.admit(address: address) else {
            channel.close(promise: nil)
            return nil
        }
        return ConnectionAdmission(tally: self.tally, address: address)
    }

    /// Counts a connection that is no WebSocket for the address that it comes from, if it does not yet. A trusted proxy's counts for
    /// none, since it carries the requests of many clients.
    ///
    /// - Returns: false if that address has enough.
    package func attribute(_ admission: ConnectionAdmission, of channel: any Channel) -> Bool {
        guard let peer = admission.source.address ?? channel.remoteAddress, let address = self.client(peer) else { return true }
        return admission.attribute(to: address)
    }

    /// Has the PROXY protocol's header read before anything else of the channel, and closes one that its client has too many of. On its
    /// event loop.
    package func readSource(of admission: ConnectionAdmission, on channel: any Channel, deadline: NIODeadline) throws {
        try self.read(admission.source, on: channel, deadline: deadline) { admission.attribute(to: $0) }
    }

    /// - Parameter attribute: counts the connection for an address, unless that has enough.
    private func read(
        _ source: ProxySource, on channel: any Channel, deadline: NIODeadline, attribute: @escaping (AddressKey) -> Bool
    ) throws {
        try source.addToPipeline(of: channel, deadline: deadline) { source in
            if let address = self.client(source), !attribute(address) { channel.close(promise: nil) }
        }
    }

    /// What a connection from an address counts for, nil if for none: where addresses have no limit, and for a trusted proxy, which will
    /// tell its client's in the request.
    private func client(_ peer: SocketAddress) -> AddressKey? {
        guard self.configuration.maximumConnectionsPerAddress != nil, let address = IPAddress(peer),
            !self.configuration.trustedProxies.contains(address)
        else { return nil }
        return AddressKey(address)
    }

    /// Sets a channel up to expect a handshake. On its event loop.
    ///
    /// - Parameters:
    ///   - isAlone: whether nothing in the channel changes what is sent, so that a broadcast may bypass it.
    ///   - deadline: when the handshake has to be done. Default: `handshakeTimeout` from now.
    ///   - admission: for whoever has counted the connection, and seen to the PROXY protocol, already. Default: both are done here.
    package func accept(
        _ channel: any Channel, isAlone: Bool, deadline: NIODeadline? = nil, admission: ConnectionAdmission? = nil
    ) throws {
        let isAdmitted = admission != nil
        guard let admission = admission ?? self.admit(channel) else { return }
        let acceptorLoop = self.acceptorLoop(channel.eventLoop)
        let handshake = ServerHandshakeHandler(
            acceptor: self, loop: acceptorLoop.loop, isAlone: isAlone, deadline: deadline ?? channel.eventLoop.now + self.handshakeTimeout,
            source: admission.source)
        acceptorLoop.add(handshake, countedAddress: admission.handOver())
        do {
            try channel.pipeline.syncOperations.addHandler(handshake)
            if self.configuration.proxyProtocol, !isAdmitted {
                try self.read(handshake.source, on: channel, deadline: handshake.deadline) { acceptorLoop.attribute(handshake, to: $0) }
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

    /// How many connections there are, those included that are in their handshake or will be no WebSockets.
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
