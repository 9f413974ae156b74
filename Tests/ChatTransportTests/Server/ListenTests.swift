import ChatProtocol
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct ListenTests {
    private static func path() -> String { "/tmp/chat-test-\(UInt64.random(in: .min ... .max)).sock" }

    @Test func onAUnixDomainSocket() async throws {
        let path = Self.path()
        let addresses = Mutex<[String?]>([])
        for _ in 0..<2 {  // The second finds what the first has left.
            var configuration = WebSocketServerConfiguration()
            configuration.maximumConnectionsPerAddress = 1  // Nobody has an address.
            let server = try await WebSocketServer.listen(
                on: .unixDomainSocket(path: path), configuration: configuration, logger: Logger(label: "test"),
                decide: { request in
                    addresses.withLock { $0.append(request.remoteAddress) }
                    return .accept()
                }, handle: echo)
            var peers: [WirePeer] = []
            for _ in 0..<2 {
                let peer = try await WirePeer.connect(to: SocketAddress(unixDomainSocketPath: path))
                peer.ask()
                #expect(try await peer.status() == 101)
                peer.send(.text("hello"))
                #expect(try await peer.text() == "hello")
                peers.append(peer)
            }
            async let drained: Void = server.drain()
            for peer in peers {
                #expect(try await peer.frame()?.closeCode == 1001)
                peer.send(.close(1001))
                #expect(try await peer.rest() == [])
            }
            await drained
        }
        #expect(addresses.withLock { $0 } == [nil, nil, nil, nil])
    }

    /// A broadcast goes past the channel there, too.
    @Test func aUnixDomainSocketIsWrittenToDirectly() async throws {
        let path = Self.path()
        let group = MultiThreadedEventLoopGroup.singleton
        let descriptors = Mutex<[CInt]>([])
        let acceptor = WebSocketAcceptor(
            configuration: WebSocketServerConfiguration(), loops: WebSocketLoops(),
            decide: .immediate { _ in
                .accept(subprotocol: nil, headers: [:]) { _, handler in
                    handler.post(EncodedMessage(.text, payload: Array("hello".utf8)), now: .now())
                    descriptors.withLock { $0.append(handler.output.descriptor) }
                }
            })
        let server = try await WebSocketServer.listen(on: .unixDomainSocket(path: path), acceptor: acceptor, eventLoopGroup: group)
        let peer = try await WirePeer.connect(to: SocketAddress(unixDomainSocketPath: path))
        peer.ask()
        #expect(try await peer.status() == 101)
        #expect(try await peer.text() == "hello")
        #expect(descriptors.withLock { $0 }.allSatisfy { $0 >= 0 })
        peer.vanish()
        await server.drain()
    }

    @Test func onEveryEventLoop() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        let counts = Mutex<[ObjectIdentifier: Int]>([:])
        var configuration = WebSocketServerConfiguration()
        configuration.listensOnEveryEventLoop = true
        let acceptor = WebSocketAcceptor(
            configuration: configuration, loops: WebSocketLoops(),
            decide: .immediate { _ in
                .accept(subprotocol: nil, headers: [:]) { channel, handler in
                    counts.withLock { $0[ObjectIdentifier(channel.eventLoop), default: 0] += 1 }
                    handler.post(EncodedMessage(.text, payload: Array("hello".utf8)), now: .now())
                }
            })
        let server = try await WebSocketServer.listen(on: .hostname("127.0.0.1", port: 0), acceptor: acceptor, eventLoopGroup: group)
        var peers: [WirePeer] = []
        // The kernel spreads them by their ports: that one gets none of so many does not happen.
        while peers.count < 500, peers.count < 30 || counts.withLock({ $0.count }) < 3 {
            let peer = try await WirePeer.upgrade(to: server.port)
            #expect(try await peer.text() == "hello")
            peers.append(peer)
        }
        #expect(counts.withLock { $0.count } == 3)
        #expect(server.connectionCount == peers.count)
        async let drained: Void = server.drain()
        for peer in peers {
            #expect(try await peer.frame()?.closeCode == 1001)
            peer.send(.close(1001))
            #expect(try await peer.rest() == [])
        }
        await drained
        #expect(server.connectionCount == 0)
        try await server.waitUntilClosed()
        await #expect(throws: (any Error).self) { try await WirePeer.connect(to: server.port) }
        try await group.shutdownGracefully()
    }

    @Test func aPortThatIsTaken() async throws {
        try await withServer { server in
            for everywhere in [false, true] {
                var configuration = WebSocketServerConfiguration()
                configuration.listensOnEveryEventLoop = everywhere
                await #expect(throws: (any Error).self) {
                    _ = try await WebSocketServer.listen(
                        host: "127.0.0.1", port: server.port, configuration: configuration, logger: Logger(label: "test"),
                        decide: { _ in .accept() }, handle: echo)
                }
            }
        }
    }
}
