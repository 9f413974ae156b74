import ChatProtocol
import HTTPTypes
import NIOCore
import NIOPosix

@testable import ChatTransport

/// A server of one event loop, on which the test has every connection and two rooms in its hands.
final class FanOutServer: Sendable {
    /// A connection, named by its path.
    final class Member: WebSocketDelegate {
        let name: String
        let channel: any Channel
        let handler: WebSocketHandler
        var received: [String] = []
        var isClosed = false
        var onMessage: ((String) -> Void)?
        var onClose: (() -> Void)?

        init(name: String, channel: any Channel, handler: WebSocketHandler) {
            self.name = name
            self.channel = channel
            self.handler = handler
        }

        func webSocketReceived(_ message: WebSocketMessage) {
            let text = String(buffer: message.bytes)
            self.received.append(text)
            self.onMessage?(text)
        }

        func webSocketClosed() {
            self.isClosed = true
            self.onClose?()
            self.onMessage = nil
            self.onClose = nil
        }

        func post(_ text: String) { self.handler.post(EncodedMessage(.text, payload: text.utf8), now: .now()) }

        /// Whether every room's next message goes straight to the socket.
        var isDirect: Bool {
            let entries = self.handler.output.memberships.map { $0.group.entries[$0.place] }
            return !entries.isEmpty && entries.allSatisfy { $0.descriptor >= 0 }
        }
    }

    /// What is on the event loop.
    final class State {
        let a: FanOutRoom
        let b: FanOutRoom
        let loop: WebSocketLoop
        fileprivate(set) var members: [String: Member] = [:]

        fileprivate init(_ loop: WebSocketLoop) {
            self.loop = loop
            self.a = FanOutRoom(loop: loop)
            self.b = FanOutRoom(loop: loop)
        }

        subscript(_ name: String) -> Member { self.members[name]! }

        func publish(_ text: String, to room: FanOutRoom? = nil) { self.publish(EncodedMessage(.text, payload: text.utf8), to: room) }

        func publish(_ message: EncodedMessage, to room: FanOutRoom? = nil) { (room ?? self.a).publish(message, now: .now()) }
    }

    let acceptor: WebSocketAcceptor
    let server: WebSocketServer
    let group: MultiThreadedEventLoopGroup
    private let state: NIOLoopBound<State>

    var port: Int { self.server.port }

    private init(_ configuration: WebSocketServerConfiguration, sendBuffer: Int?) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loops = WebSocketLoops()
        let state = try await group.next().submit {
            NIOLoopBound(State(loops[group.next()]), eventLoop: group.next())
        }.get()
        let acceptor = WebSocketAcceptor(
            configuration: configuration, loops: loops,
            decide: .immediate { request in
                .accept(subprotocol: nil, headers: [:]) { channel, handler in
                    if let sendBuffer { try channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: sendBuffer) }
                    let member = Member(name: String(request.path.dropFirst()), channel: channel, handler: handler)
                    handler.delegate = member
                    state.value.members[member.name] = member
                }
            })
        self.group = group
        self.state = state
        self.acceptor = acceptor
        self.server = try await WebSocketServer.listen(on: .hostname("127.0.0.1", port: 0), acceptor: acceptor, eventLoopGroup: group)
    }

    /// Runs a server and drains it afterwards.
    ///
    /// - Parameter sendBuffer: how much the system keeps for a connection that does not read. Nil is what it likes.
    static func with(
        sendBuffer: Int? = nil, _ change: (inout WebSocketServerConfiguration) throws -> Void = { _ in },
        _ body: (FanOutServer) async throws -> Void
    ) async throws {
        var configuration = WebSocketServerConfiguration()
        // Nobody who is left over holds up the test.
        configuration.drainTimeout = .milliseconds(1)
        try change(&configuration)
        let server = try await FanOutServer(configuration, sendBuffer: sendBuffer)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.server.drain()
        try await server.run { $0.members = [:] }
        try await server.group.shutdownGracefully()
        try result.get()
    }

    /// Does something within one tick of the event loop.
    @discardableResult
    func run<Value: Sendable>(_ body: @escaping @Sendable (State) throws -> Value) async throws -> Value {
        try await self.group.next().submit { try body(self.state.value) }.get()
    }

    /// Connects somebody, who is in the room from then on.
    func join(
        _ name: String, extensions: String? = nil, receiveBuffer: Int = 65_536, isInB: Bool = false
    ) async throws -> WirePeer {
        let peer = try await WirePeer.upgrade(to: self.port, path: "/\(name)", extensions: extensions, receiveBuffer: receiveBuffer)
        try await self.run {
            $0.a.add($0[name].handler)
            if isInB { $0.b.add($0[name].handler) }
        }
        return peer
    }

    /// Returns when a connection has ended.
    func closed(_ name: String) async throws {
        let channel = try await self.run { $0[name].channel }
        try await channel.closeFuture.get()
    }

    /// Returns when the channel owes the socket nothing, and writes may go past it.
    func isDirect(_ name: String) async throws -> Bool { try await self.run { $0[name].isDirect } }
}
