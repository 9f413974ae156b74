import ChatProtocol
import ChatTesting
import NIOCore
import NIOSSL
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private static func client(trusts: Bool = true) throws -> WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        if trusts { configuration.tls = try TestCertificate.clientConfiguration() }
        return configuration
    }

    private static func failure(_ url: String, _ configuration: WebSocketClientConfiguration) async -> WebSocketError? {
        await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.withConnection(to: url, configuration: configuration) { _ in Issue.record("connected") }
        }
    }

    @Test func echoes() async throws {
        try await withServer({ $0.tls = try ServerTLS(TestCertificate.serverConfiguration()) }) { server in
            try await WebSocketClient.withConnection(to: "wss://localhost:\(server.port)/", configuration: Self.client()) { connection in
                var iterator = connection.messages.makeAsyncIterator()
                for length in [0, 1, 1000, 32_768] {
                    let text = String(repeating: "x", count: length)
                    try await connection.send(text)
                    #expect(try await iterator.text() == text)
                }
                try await connection.close()
                #expect(try await iterator.next() == nil)
                #expect(await connection.closure.code == .normalClosure)
            }
        }
    }

    @Test func aRootThatIsNotTrusted() async throws {
        try await withServer({ $0.tls = try ServerTLS(TestCertificate.serverConfiguration()) }) { server in
            let error = try await Self.failure("wss://localhost:\(server.port)/", Self.client(trusts: false))
            #expect(error?.code == .connectFailed)
            #expect(error?.underlying is NIOSSLError)
        }
    }

    @Test func aCertificateForAnotherName() async throws {
        try await withServer({ $0.tls = try ServerTLS(TestCertificate.serverConfiguration()) }) { server in
            let error = try await Self.failure("wss://127.0.0.1:\(server.port)/", Self.client())
            #expect(error?.code == .connectFailed)
            #expect(error?.underlying != nil)
        }
    }

    /// RFC 8996. It got the request, and the token in it.
    @Test func aServerThatKnowsNoNewerVersionThan11() async throws {
        var old = try TestCertificate.serverConfiguration()
        old.maximumTLSVersion = .tlsv11
        let context = try NIOSSLContext(configuration: old)
        try await withLoopbackServer({
            try $0.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: context), EchoHandler())
        }) { port in
            let error = try await Self.failure("wss://localhost:\(port)/", Self.client())
            #expect(error?.code == .connectFailed)
        }
    }

    @Test func aClientThatWantsNoNewerVersionThan11() async throws {
        var configuration = try Self.client()
        configuration.tls?.maximumTLSVersion = .tlsv11
        let error = await Self.failure("wss://localhost:1/", configuration)
        #expect(error?.underlying is InvalidConfigurationError)
    }

    @Test func aServerWithoutTLS() async throws {
        try await withServer { server in
            let error = try await Self.failure("wss://localhost:\(server.port)/", Self.client())
            #expect(error?.code == .connectFailed)
        }
    }

    @Test func aClientWithoutTLS() async throws {
        try await withServer({ $0.tls = try ServerTLS(TestCertificate.serverConfiguration()) }) { server in
            let code = await Self.failure(server.url, WebSocketClientConfiguration())?.code
            #expect(code == .connectFailed || code == .invalidHandshake)
        }
    }

    @Test func aHandshakeOfTLSThatIsNeverFinished() async throws {
        try await withServer({
            $0.tls = try ServerTLS(TestCertificate.serverConfiguration())
            $0.handshakeTimeout = .milliseconds(50)
        }) { server in
            try await RawPeer.connect(to: server.port) { peer in
                try? await peer.send([0x16, 0x03, 0x01])  // Unless the time is over already.
                await peer.end()
            }
        }
    }

    @Test func theServerGoesDown() async throws {
        try await withServer({ $0.tls = try ServerTLS(TestCertificate.serverConfiguration()) }) { server in
            try await WebSocketClient.withConnection(to: "wss://localhost:\(server.port)/", configuration: Self.client()) { connection in
                async let drained: Void = server.drain()
                let texts = try await connection.texts()
                #expect(texts == [])
                #expect(await connection.closure.code == .goingAway)
                await drained
            }
        }
    }
}
