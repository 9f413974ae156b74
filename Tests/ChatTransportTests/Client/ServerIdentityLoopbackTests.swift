import NIOSSL
import Synchronization
import Testing

@testable import ChatTransport

/// Whose certificate a client takes. The proxy, where there is one, is at 127.0.0.1 and leads to the server whatever it is asked for.
@Suite(.timeLimit(.minutes(1)))
struct ServerIdentityLoopbackTests {
    private static func configuration(
        trusting root: CertificatePair, proxyPort: Int? = nil, _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> WebSocketClientConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([try root.certificate()])
        change(&tls)
        var configuration = WebSocketClientConfiguration()
        configuration.tls = tls
        configuration.proxy = proxyPort.map { WebSocketProxy(host: "127.0.0.1", port: $0) }
        return configuration
    }

    /// - Returns: why there is no connection; nil if there is one.
    private static func refusal(_ url: String, _ configuration: WebSocketClientConfiguration) async throws -> WebSocketError? {
        do {
            try await WebSocketClient.withConnection(to: url, configuration: configuration) { connection in
                var iterator = connection.messages.makeAsyncIterator()
                try await connection.send("hello")
                #expect(try await iterator.text() == "hello")
            }
            return nil
        } catch let error as WebSocketError {
            return error
        }
    }

    private static func check(_ refusal: WebSocketError?, isTaken: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        if isTaken {
            #expect(refusal == nil, sourceLocation: sourceLocation)
        } else {
            #expect(refusal?.code == .connectFailed, sourceLocation: sourceLocation)
            let underlying = refusal?.underlying as? NIOSSLExtraError
            #expect(underlying == .failedToValidateHostname, sourceLocation: sourceLocation)
        }
    }

    /// The certificate was compared with the proxy's address: one for that did for every server, and a server's own did not.
    @Test(
        arguments: [
            (.loopback1, "127.0.0.2", false), (.loopback2, "127.0.0.2", true), (.loopback1, "127.0.0.1", true),
            (.loopback2, "127.0.0.1", false), (.loopback1, "localhost", false), (.names, "localhost", true),
            (.names, "chat.example.com", true), (.names, "chat.example.org", false), (.names, "127.0.0.2", false), (.names, "[::1]", true),
            (.names, "[::2]", false), (.commonName, "localhost", true), (.commonName, "127.0.0.1", false),
        ] as [(CertificatePair, String, Bool)])
    func throughAProxy(_ certificate: CertificatePair, _ host: String, _ isTaken: Bool) async throws {
        try await withServer({ $0.tls = try ServerTLS(certificate.serverConfiguration()) }) { server in
            try await ConnectProxy.with(.connects()) { _, port in
                let configuration = try Self.configuration(trusting: certificate, proxyPort: port)
                let refusal = try await Self.refusal("wss://\(host):\(server.port)/", configuration)
                Self.check(refusal, isTaken: isTaken)
            }
        }
    }

    /// A certificate for the address that DNS had answered did for every name.
    @Test(
        arguments: [
            (.loopback1, "localhost", false), (.loopback1, "127.0.0.1", true), (.loopback2, "127.0.0.1", false),
            (.names, "localhost", true), (.names, "127.0.0.1", true), (.commonName, "localhost", true),
        ] as [(CertificatePair, String, Bool)])
    func withoutAProxy(_ certificate: CertificatePair, _ host: String, _ isTaken: Bool) async throws {
        try await withServer({ $0.tls = try ServerTLS(certificate.serverConfiguration()) }) { server in
            let configuration = try Self.configuration(trusting: certificate)
            let refusal = try await Self.refusal("wss://\(host):\(server.port)/", configuration)
            Self.check(refusal, isTaken: isTaken)
        }
    }

    /// A request has a token in it.
    @Test(arguments: ["127.0.0.2", "localhost"]) func whoIsNotTheServerGetsNoRequest(_ host: String) async throws {
        let requests = Mutex(0)
        try await withServer {
            $0.tls = try ServerTLS(CertificatePair.loopback1.serverConfiguration())
        } decide: { _ in
            requests.withLock { $0 += 1 }
            return .accept()
        } _: { server in
            try await ConnectProxy.with(.connects()) { _, port in
                let configuration = try Self.configuration(trusting: .loopback1, proxyPort: port)
                let refusal = try await Self.refusal("wss://\(host):\(server.port)/", configuration)
                Self.check(refusal, isTaken: false)
            }
        }
        #expect(requests.withLock { $0 } == 0)
    }

    /// That the address is checked here does not mean that nothing else is.
    @Test func anAddressThroughAProxyWhoseIssuerIsNotTrusted() async throws {
        try await withServer({ $0.tls = try ServerTLS(CertificatePair.loopback2.serverConfiguration()) }) { server in
            try await ConnectProxy.with(.connects()) { _, port in
                let configuration = try Self.configuration(trusting: .loopback1, proxyPort: port)
                let refusal = try await Self.refusal("wss://127.0.0.2:\(server.port)/", configuration)
                #expect(refusal?.code == .connectFailed)
                #expect(refusal?.underlying is NIOSSLError)
            }
        }
    }

    /// Whoever asks for less gets less.
    @Test(arguments: ["127.0.0.2", "localhost"]) func noHostnameVerification(_ host: String) async throws {
        try await withServer({ $0.tls = try ServerTLS(CertificatePair.loopback1.serverConfiguration()) }) { server in
            try await ConnectProxy.with(.connects()) { _, port in
                let configuration = try Self.configuration(trusting: .loopback1, proxyPort: port) {
                    $0.certificateVerification = .noHostnameVerification
                }
                let refusal = try await Self.refusal("wss://\(host):\(server.port)/", configuration)
                #expect(refusal == nil)
            }
        }
    }
}
