import HTTPTypes
import NIOCore
import NIOSSL
import Testing

@testable import ChatTransport

/// A whole server with TLS.
@Suite(.timeLimit(.minutes(1)))
struct ServerTLSLoopbackTests {
    private static func upgrade(_ port: Int) async throws -> WirePeer {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([try CertificatePair.a.certificate(), try CertificatePair.b.certificate()])
        return try await WirePeer.upgrade(to: port, tls: NIOSSLContext(configuration: configuration))
    }

    private static func expectEcho(_ peer: WirePeer, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        peer.send(.text(text))
        #expect(try await peer.text() == text, sourceLocation: sourceLocation)
    }

    @Test func reloadsWhileConnectionsLive() async throws {
        let tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        try await withServer({ $0.tls = tls }) { server in
            let old = try await Self.upgrade(server.port)
            #expect(try await old.channel.nioSSL_peerCertificate().get() == CertificatePair.a.certificate())
            try tls.reload(CertificatePair.b.serverConfiguration())
            let new = try await Self.upgrade(server.port)
            #expect(try await new.channel.nioSSL_peerCertificate().get() == CertificatePair.b.certificate())
            #expect(throws: (any Error).self) { try tls.reload(CertificatePair.a.serverConfiguration(key: .b)) }
            let newest = try await Self.upgrade(server.port)
            #expect(try await newest.channel.nioSSL_peerCertificate().get() == CertificatePair.b.certificate())
            for peer in [old, new, newest] { try await Self.expectEcho(peer, "hello") }
            for peer in [old, new, newest] {
                peer.send(.close(1000))
                #expect(try await peer.rest() == [.close(1000)])
            }
        }
    }

    @Test func selectsHTTPByALPN() async throws {
        try await withServer({ $0.tls = try ServerTLS(CertificatePair.a.serverConfiguration()) }) { server in
            for (offered, expected) in [(["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"), ([], nil)] as [([String], String?)] {
                try await TLSClient.connect(to: server.port) {
                    $0.applicationProtocols = offered
                } _: { client in
                    let answer = try await client.echo("GET / HTTP/1.1\r\n\r\n")
                    #expect(answer.hasPrefix("HTTP/1.1 400 "))
                    #expect(client.negotiatedProtocol == expected)
                }
            }
        }
    }

    @Test func aRefusalOverTLSIsReadable() async throws {
        try await withServer {
            $0.tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        } decide: { _ in
            .reject(status: .unauthorized)
        } _: { server in
            do {
                _ = try await Self.upgrade(server.port)
                Issue.record("was let in")
            } catch WirePeer.Failure.noUpgrade(let head) {
                #expect(head.hasPrefix("HTTP/1.1 401 "))
            }
        }
    }

    /// Each took five seconds to end, though the client had answered both the close frame and TLS's goodbye.
    @Test func endsAsSoonAsBothHaveSaidSo() async throws {
        try await withServer({ $0.tls = try ServerTLS(CertificatePair.a.serverConfiguration()) }) { server in
            let peer = try await Self.upgrade(server.port)
            let eventLoop = peer.channel.eventLoop
            let time = try await ContinuousClock().measure {
                peer.send(.close(1000))
                #expect(try await peer.rest() == [.close(1000)])
                while server.connectionCount > 0 { try await eventLoop.submit {}.get() }
            }
            #expect(time < .seconds(4))
        }
    }

    /// A client that is no TLS client is a connection as every other, also for the limit.
    @Test func whoIsNoTLSClientIsClosed() async throws {
        try await withServer({ $0.tls = try ServerTLS(CertificatePair.a.serverConfiguration()) }) { server in
            let peer = try await WirePeer.connect(to: server.port)
            peer.ask()
            _ = try await peer.end()
            let other = try await Self.upgrade(server.port)
            try await Self.expectEcho(other, "hello")
            while server.connectionCount > 1 { try await other.channel.eventLoop.submit {}.get() }
            other.vanish()
        }
    }

    @Test func drains() async throws {
        try await withServer({
            $0.tls = try ServerTLS(CertificatePair.a.serverConfiguration())
            $0.drainTimeout = .seconds(600)
            $0.handshakeTimeout = .seconds(600)
        }) { server in
            let peer = try await Self.upgrade(server.port)
            let silent = try await WirePeer.connect(to: server.port)  // In its handshake of TLS.
            while server.connectionCount < 2 { try await silent.channel.eventLoop.submit {}.get() }
            async let drained: Void = server.drain()
            #expect(try await peer.frame()?.closeCode == 1001)
            peer.send(.close(1001))
            #expect(try await peer.rest() == [])
            try await silent.end()
            await drained
        }
    }
}
