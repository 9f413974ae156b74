import ChatTesting
import NIOSSL
import Testing

@testable import ChatTransport

/// A server that lets nobody in without a certificate (mutual TLS). With TLS 1.3 a client has ended its handshake before the server has
/// looked at it.
@Suite(.timeLimit(.minutes(1)))
struct ClientCertificateTests {
    /// Takes the certificate `CertificatePair.a`.
    private static func withDemandingServer(_ body: (WebSocketServer) async throws -> Void) async throws {
        try await withServer(
            {
                var tls = try TestCertificate.serverConfiguration()
                tls.certificateVerification = .noHostnameVerification
                tls.trustRoots = .certificates([try CertificatePair.a.certificate()])
                $0.tls = try ServerTLS(tls)
            }, body)
    }

    private static func configuration(
        certificate: CertificatePair?, key: CertificatePair? = nil, version: TLSVersion
    ) throws -> WebSocketClientConfiguration {
        var tls = try TestCertificate.clientConfiguration()
        tls.maximumTLSVersion = version
        if let certificate {
            tls.certificateChain = [.certificate(try certificate.certificate())]
            tls.privateKey = .privateKey(try (key ?? certificate).key())
        }
        var configuration = WebSocketClientConfiguration()
        configuration.tls = tls
        return configuration
    }

    private static func expectRefusal(_ port: Int, _ configuration: WebSocketClientConfiguration) async {
        let error = await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.withConnection(to: "wss://localhost:\(port)/", configuration: configuration) { _ in
                Issue.record("connected")
            }
        }
        #expect(error?.code == .connectFailed)
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13]) func theRightOne(_ version: TLSVersion) async throws {
        try await Self.withDemandingServer { server in
            let configuration = try Self.configuration(certificate: .a, version: version)
            try await WebSocketClient.withConnection(to: "wss://localhost:\(server.port)/", configuration: configuration) { connection in
                var iterator = connection.messages.makeAsyncIterator()
                try await connection.send("hello")
                #expect(try await iterator.text() == "hello")
            }
        }
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13]) func aWrongOne(_ version: TLSVersion) async throws {
        try await Self.withDemandingServer { server in
            await Self.expectRefusal(server.port, try Self.configuration(certificate: .b, version: version))
        }
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13]) func none(_ version: TLSVersion) async throws {
        try await Self.withDemandingServer { server in
            await Self.expectRefusal(server.port, try Self.configuration(certificate: nil, version: version))
        }
    }

    /// The client's own mistake, which is no server's to find.
    @Test func theKeyOfAnother() async throws {
        try await Self.withDemandingServer { server in
            await Self.expectRefusal(server.port, try Self.configuration(certificate: .a, key: .b, version: .tlsv13))
        }
    }
}
