import ChatProtocol
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ChatTransport

/// Over real sockets: what can keep a client from a connection.
@Suite(.timeLimit(.minutes(1)))
struct ConnectTests {
    /// Connects, which must fail.
    private static func failure(
        _ url: String, _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }, _ location: SourceLocation = #_sourceLocation
    ) async -> WebSocketError? {
        var configuration = WebSocketClientConfiguration()
        change(&configuration)
        return await #expect(throws: WebSocketError.self, sourceLocation: location) {
            try await WebSocketClient.withConnection(to: url, configuration: configuration) { _ in Issue.record("connected") }
        }
    }

    @Test func anInvalidURL() async {
        #expect(await Self.failure("example.com")?.code == .invalidURL)
    }

    @Test func nobodyListens() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await server.close()
        let error = await Self.failure("ws://127.0.0.1:\(port)/")
        #expect(error?.code == .connectFailed)
        #expect(error?.underlying != nil)
    }

    @Test func aNameThatDoesNotExist() async {
        #expect(await Self.failure("ws://no-such-host.invalid/")?.code == .connectFailed)
    }

    @Test(arguments: [(401, "why"), (404, ""), (503, "later")]) func theServerRejects(_ status: Int, _ body: String) async throws {
        try await withServer(decide: { _ in .reject(status: .init(code: status), body: body) }) { server in
            let error = await Self.failure(server.url)
            #expect(error?.code == .handshakeRejected)
            #expect(error?.status == status)
        }
    }

    @Test func theServerEndsTheConnection() async throws {
        try await withRawServer { _ in
        } _: { port in
            #expect(await Self.failure("ws://127.0.0.1:\(port)/")?.code == .connectFailed)
        }
    }

    @Test func theServerSaysNothing() async throws {
        try await withRawServer {
            await $0.end()
        } _: { port in
            let error = await Self.failure("ws://127.0.0.1:\(port)/") { $0.handshakeTimeout = .milliseconds(50) }
            #expect(error?.code == .handshakeTimeout)
        }
    }

    @Test func theServerSaysSomethingElse() async throws {
        try await withRawServer { peer in
            try await peer.send(Array("220 mail.example.com ESMTP\r\n".utf8))
            await peer.end()
        } _: { port in
            #expect(await Self.failure("ws://127.0.0.1:\(port)/")?.code == .invalidHandshake)
        }
    }

    @Test func isCancelledWhileItWaitsForTheAnswer() async throws {
        let asked = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withRawServer { peer in
            _ = try await peer.head()
            asked.continuation.finish()
            await peer.end()
        } _: { port in
            let task = Task {
                try await WebSocketClient.withConnection(to: "ws://127.0.0.1:\(port)/") { _ in }
            }
            for await _ in asked.stream {}
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    /// It waited until the network gave up.
    @Test func isCancelledWhileItConnects() async throws {
        // Accepts nobody, and has place for one that waits: the system leaves the others without an answer.
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 0)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        var configuration = WebSocketClientConfiguration()
        configuration.connectTimeout = .seconds(600)
        configuration.handshakeTimeout = .seconds(600)
        let tasks = (0..<4).map { _ in
            Task { [configuration] in
                try await WebSocketClient.withConnection(to: "ws://127.0.0.1:\(port)/", configuration: configuration) { _ in }
            }
        }
        // Some are cancelled before they begin, some later.
        for task in tasks {
            for _ in 0..<20 { try await server.eventLoop.submit {}.get() }
            task.cancel()
        }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        try await server.close()
    }

    /// It waited for the resolver.
    @Test func isCancelledWhileANameIsLookedUp() async throws {
        let resolver = LateResolver()
        var configuration = WebSocketClientConfiguration()
        configuration.connectTimeout = .seconds(600)
        configuration.resolver = resolver
        try await withServer { server in
            let task = Task { [configuration] in
                try await WebSocketClient.withConnection(to: "ws://localhost:\(server.port)/", configuration: configuration) { _ in }
            }
            for await _ in resolver.asked.stream {}
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            // The answer comes when nobody waits any more.
            resolver.answer(with: try SocketAddress(ipAddress: "127.0.0.1", port: server.port))
        }
    }

    @Test func whatTheBodyThrowsIsThrown() async throws {
        struct Failure: Error {}
        let closures = Mutex<[WebSocketClosure]>([])
        try await withServer(handle: { connection in
            try await echo(connection)
            let closure = await connection.closure
            closures.withLock { $0.append(closure) }
        }) { server in
            await #expect(throws: Failure.self) {
                try await WebSocketClient.withConnection(to: server.url) { _ in throw Failure() }
            }
            let value = try await WebSocketClient.withConnection(to: server.url) { _ in 7 }
            #expect(value == 7)
            let task = Task { try await WebSocketClient.withConnection(to: server.url) { try await $0.texts() } }
            task.cancel()
            _ = try? await task.value
        }
        // Whatever the reason is, the server is told that the client has what it wanted.
        closures.withLock { closures in
            #expect(closures.count >= 2)
            #expect(closures.allSatisfy { $0.code == .normalClosure })
        }
    }
}

/// Answers when the test says so.
private final class LateResolver: Resolver, Sendable {
    let asked = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let addresses = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: [SocketAddress].self)

    func answer(with address: SocketAddress) { self.addresses.succeed([address]) }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        self.asked.continuation.finish()
        return self.addresses.futureResult
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { self.addresses.futureResult.map { _ in [] } }

    func cancelQueries() {}
}
