import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ChatTransport

/// Names with several addresses, not all of which lead to the server (RFC 8305).
@Suite(.timeLimit(.minutes(1)))
struct HappyEyeballsTests {
    /// Answers for every name with this machine's addresses of both families, which not every machine's `localhost` has.
    private struct BothFamilies: Resolver, Sendable {
        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { self.answer("127.0.0.1", port) }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { self.answer("::1", port) }

        func cancelQueries() {}

        private func answer(_ address: String, _ port: Int) -> EventLoopFuture<[SocketAddress]> {
            MultiThreadedEventLoopGroup.singleton.any().makeCompletedFuture { [try SocketAddress(ipAddress: address, port: port)] }
        }
    }

    private static func expectEcho(fromServerOn address: String) async throws {
        let server = try await WebSocketServer.listen(
            host: address, port: 0, logger: Logger(label: "test"), decide: { _ in .accept() }, handle: echo)
        let result: Result<Void, any Error>
        do {
            try await self.expectEcho(port: server.port)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await server.drain()
        try result.get()
    }

    private static func expectEcho(port: Int) async throws {
        var configuration = WebSocketClientConfiguration()
        configuration.resolver = BothFamilies()
        configuration.connectTimeout = .seconds(600)
        try await WebSocketClient.withConnection(to: "ws://localhost:\(port)/", configuration: configuration) { connection in
            var iterator = connection.messages.makeAsyncIterator()
            try await connection.send("hello")
            #expect(try await iterator.text() == "hello")
        }
    }

    /// Whether the machine has IPv6 or not: then its address leads nowhere at once.
    @Test func onlyIPv4() async throws {
        try await Self.expectEcho(fromServerOn: "127.0.0.1")
    }

    @Test(.enabled("This machine has no address ::1.") { await HappyEyeballsTests.hasIPv6Loopback() }) func onlyIPv6() async throws {
        try await Self.expectEcho(fromServerOn: "::1")
    }

    /// As behind a firewall that drops packets: IPv6 still waits for an answer when IPv4 has one.
    @Test(.enabled("This machine has no address ::1.") { await HappyEyeballsTests.hasIPv6Loopback() }) func oneSaysNothing() async throws {
        try await withServer { server in
            // Accepts nobody, and its only place is taken: the system leaves the others without an answer.
            let deaf = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 0)
                .serverChannelOption(.autoRead, value: false)
                .bind(host: "::1", port: server.port).get()
            let first = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "::1", port: server.port)
                .get()
            try await Self.expectEcho(port: server.port)
            try await first.close()
            try await deaf.close()
        }
    }

    static func hasIPv6Loopback() async -> Bool {
        let server = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "::1", port: 0).get()
        try? await server?.close()
        return server != nil
    }
}
