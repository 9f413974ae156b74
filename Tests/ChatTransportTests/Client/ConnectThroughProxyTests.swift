import ChatProtocol
import ChatTesting
import HTTPTypes
import NIOCore
import Testing

@testable import ChatTransport

/// A client whose way to the server is an HTTP proxy.
@Suite(.timeLimit(.minutes(1)))
struct ConnectThroughProxyTests {
    private static func configuration(
        _ port: Int, _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }
    ) -> WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        configuration.proxy = WebSocketProxy(host: "127.0.0.1", port: port)
        change(&configuration)
        return configuration
    }

    /// Connects, which must fail.
    private static func failure(_ url: String, _ configuration: WebSocketClientConfiguration) async -> WebSocketError? {
        await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.withConnection(to: url, configuration: configuration) { _ in Issue.record("connected") }
        }
    }

    private static func expectEcho(_ connection: WebSocketConnection) async throws {
        var iterator = connection.messages.makeAsyncIterator()
        for length in [0, 1, 1000, 32_768] {
            let text = String(repeating: "x", count: length)
            try await connection.send(text)
            #expect(try await iterator.text() == text)
        }
    }

    @Test(arguments: ["", "HTTP/1.1 103 Early Hints\r\n\r\n"]) func echoes(_ before: String) async throws {
        try await withServer { server in
            try await ConnectProxy.with(.connects(before: before)) { proxy, port in
                try await WebSocketClient.withConnection(to: server.url, configuration: Self.configuration(port)) { connection in
                    try await Self.expectEcho(connection)
                    try await connection.close(.goingAway, reason: "bye")
                    #expect(await connection.closure.code == .goingAway)
                }
                #expect(proxy.asked == ["CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)"])
            }
        }
    }

    @Test func withTLSInside() async throws {
        try await withServer({ $0.tls = try ServerTLS(TestCertificate.serverConfiguration()) }) { server in
            try await ConnectProxy.with(.connects()) { proxy, port in
                let tls = try TestCertificate.clientConfiguration()
                let configuration = Self.configuration(port) {
                    $0.tls = tls
                    $0.webSocket.compression = WebSocketCompression()
                }
                let url = "wss://localhost:\(server.port)/"
                try await WebSocketClient.withConnection(to: url, configuration: configuration, Self.expectEcho)
                #expect(proxy.asked.map { $0.prefix(18) } == ["CONNECT localhost:"])
                // The proxy sees nothing but the name; the certificate is the server's, and is checked.
                let untrusting = await Self.failure(url, Self.configuration(port))
                #expect(untrusting?.code == .connectFailed)
                let address = await Self.failure("wss://127.0.0.1:\(server.port)/", configuration)
                #expect(address?.code == .connectFailed)
            }
        }
    }

    @Test func authorization() async throws {
        try await withServer { server in
            try await ConnectProxy.with(.connects()) { proxy, port in
                var configuration = Self.configuration(port) { $0.headers = [.authorization: "Bearer secret"] }
                configuration.proxy?.authorization = .basic(username: "user", password: "pass")
                try await WebSocketClient.withConnection(to: server.url, configuration: configuration, Self.expectEcho)
                #expect(proxy.asked[0].contains("\r\nProxy-Authorization: Basic dXNlcjpwYXNz"))
                // What is the server's is not told to the proxy.
                #expect(!proxy.asked[0].contains("secret"))
            }
        }
    }

    @Test(
        arguments: [
            ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", WebSocketProxyError(.authenticationRequired, status: 407)),
            ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", WebSocketProxyError(.refused, status: 403)),
            ("HTTP/1.0 502 Bad Gateway\r\n\r\n", WebSocketProxyError(.refused, status: 502)),
            ("220 mail.example.com ESMTP\r\n", WebSocketProxyError(.invalidAnswer)),
            ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 20_000))", WebSocketProxyError(.headerTooLong)),
        ]) func refuses(_ answer: String, _ expected: WebSocketProxyError) async throws
    {
        try await ConnectProxy.with(.answers(answer)) { _, port in
            let error = await Self.failure("ws://127.0.0.1:9/", Self.configuration(port))
            #expect(error?.code == .connectFailed)
            #expect(error?.underlying as? WebSocketProxyError == expected)
        }
    }

    @Test func theProxyEndsTheConnection() async throws {
        try await ConnectProxy.with(.closes) { _, port in
            let error = await Self.failure("ws://127.0.0.1:9/", Self.configuration(port))
            #expect(error?.underlying as? WebSocketProxyError == WebSocketProxyError(.closed))
        }
    }

    @Test func theProxySaysNothing() async throws {
        try await ConnectProxy.with(.saysNothing) { _, port in
            let configuration = Self.configuration(port) {
                // Both are for the proxy together.
                $0.connectTimeout = .seconds(1)
                $0.handshakeTimeout = .milliseconds(1)
            }
            let error = await Self.failure("ws://127.0.0.1:9/", configuration)
            #expect(error?.underlying as? WebSocketProxyError == WebSocketProxyError(.timeout))
        }
    }

    /// The tunnel stands, and who is at its other end says nothing.
    @Test func theServerBehindTheProxySaysNothing() async throws {
        try await withRawServer {
            await $0.end()
        } _: { port in
            try await ConnectProxy.with(.connects()) { _, proxyPort in
                let configuration = Self.configuration(proxyPort) { $0.handshakeTimeout = .milliseconds(50) }
                #expect(await Self.failure("ws://127.0.0.1:\(port)/", configuration)?.code == .handshakeTimeout)
            }
        }
    }

    @Test func theServerBehindTheProxyRefuses() async throws {
        try await withServer(decide: { _ in .reject(status: .init(code: 401)) }) { server in
            try await ConnectProxy.with(.connects()) { _, port in
                let error = await Self.failure(server.url, Self.configuration(port))
                #expect(error?.code == .handshakeRejected)
                #expect(error?.status == 401)
            }
        }
    }

    @Test func isCancelledWhileItWaitsForTheProxy() async throws {
        try await ConnectProxy.with(.saysNothing) { proxy, port in
            let configuration = Self.configuration(port) {
                $0.connectTimeout = .seconds(600)
                $0.handshakeTimeout = .seconds(600)
            }
            let task = Task { try await WebSocketClient.withConnection(to: "ws://127.0.0.1:9/", configuration: configuration) { _ in } }
            while proxy.asked.isEmpty { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
