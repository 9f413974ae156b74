import Foundation
import NIOCore
import NIOSSL
import Synchronization
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct ServerTLSTests {
    private static func expectCertificate(
        _ pair: CertificatePair, on port: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await TLSClient.connect(to: port) { client in
            let echo = try await client.echo("hello")
            #expect(echo == "hello", sourceLocation: sourceLocation)
            #expect(try await client.certificate() == pair.certificate(), sourceLocation: sourceLocation)
        }
    }

    @Test func aReloadIsForLaterConnections() async throws {
        let tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        try await withTLSEcho(tls) { port in
            try await TLSClient.connect(to: port) { first in
                #expect(try await first.echo("one") == "one")
                try tls.reload(CertificatePair.b.serverConfiguration())
                try await Self.expectCertificate(.b, on: port)
                // Still works, with what it began with.
                #expect(try await first.echo("two") == "two")
                #expect(try await first.certificate() == CertificatePair.a.certificate())
            }
        }
    }

    /// Each of these is a mistake in a configuration.
    @Test(arguments: ["key", "no certificate", "no key", "version", "versions"]) func aBadReloadKeepsTheOld(_ mistake: String) async throws
    {
        var bad = try CertificatePair.b.serverConfiguration(key: mistake == "key" ? .a : .b)
        switch mistake {
        case "no certificate": bad.certificateChain = []
        case "no key": bad.privateKey = nil
        case "version": bad.maximumTLSVersion = .tlsv11
        case "versions":
            bad.minimumTLSVersion = .tlsv13
            bad.maximumTLSVersion = .tlsv12
        default: break
        }
        let tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        let before = tls.context
        #expect(throws: (any Error).self) { try tls.reload(bad) }
        #expect(tls.context === before)
        #expect(throws: (any Error).self) { try ServerTLS(bad) }
        try await withTLSEcho(tls) { try await Self.expectCertificate(.a, on: $0) }
        // And it can be tried again; what failed left nothing behind.
        try tls.reload()
        try await withTLSEcho(tls) { try await Self.expectCertificate(.a, on: $0) }
        try tls.reload(CertificatePair.b.serverConfiguration())
        try await withTLSEcho(tls) { try await Self.expectCertificate(.b, on: $0) }
    }

    @Test func files() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ServerTLSTests-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (chain, key) = (folder.appending(path: "fullchain.pem").path, folder.appending(path: "privkey.key").path)
        let write = { (text: String, path: String) in try text.write(toFile: path, atomically: true, encoding: .utf8) }

        #expect(throws: (any Error).self) { try ServerTLS(certificateChainFile: chain, privateKeyFile: key) }
        try write(CertificatePair.a.certificatePEM, chain)
        try write(CertificatePair.b.keyPEM, key)
        #expect(throws: (any Error).self) { try ServerTLS(certificateChainFile: chain, privateKeyFile: key) }
        try write(CertificatePair.a.keyPEM, key)
        let tls = try ServerTLS(certificateChainFile: chain, privateKeyFile: key)
        try await withTLSEcho(tls) { port in
            try await Self.expectCertificate(.a, on: port)
            // Only one of them has been replaced yet; half a file; none.
            try write(CertificatePair.b.certificatePEM, chain)
            #expect(throws: (any Error).self) { try tls.reload() }
            try await Self.expectCertificate(.a, on: port)
            try write(String(CertificatePair.b.keyPEM.prefix(100)), key)
            #expect(throws: (any Error).self) { try tls.reload() }
            try write("", chain)
            try write(CertificatePair.b.keyPEM, key)
            #expect(throws: (any Error).self) { try tls.reload() }
            try FileManager.default.removeItem(atPath: chain)
            #expect(throws: (any Error).self) { try tls.reload() }
            try await Self.expectCertificate(.a, on: port)
            // A certificate together with the one that issued it.
            try write(CertificatePair.b.certificatePEM + "\n" + CertificatePair.a.certificatePEM, chain)
            try tls.reload()
            try await Self.expectCertificate(.b, on: port)
            // A configuration takes the place of the files.
            try tls.reload(CertificatePair.a.serverConfiguration())
            try tls.reload()
            try await Self.expectCertificate(.a, on: port)
        }
    }

    @Test(arguments: [(TLSVersion.tlsv12, TLSVersion.tlsv12), (.tlsv13, .tlsv13), (.tlsv1, .tlsv12)])
    func takesTLSFrom12(_ minimum: TLSVersion, _ maximum: TLSVersion) async throws {
        try await withTLSEcho(ServerTLS(CertificatePair.a.serverConfiguration())) { port in
            try await TLSClient.connect(to: port, { ($0.minimumTLSVersion, $0.maximumTLSVersion) = (minimum, maximum) }) { client in
                let echo = try await client.echo("hello")
                #expect(echo == "hello")
                #expect(try await client.version() == maximum)
            }
        }
    }

    /// Also if the configuration allows it, as NIOSSL's own does.
    @Test(arguments: [TLSVersion.tlsv1, .tlsv11]) func refusesTLSBefore12(_ version: TLSVersion) async throws {
        var configuration = try CertificatePair.a.serverConfiguration()
        configuration.minimumTLSVersion = version
        try await withTLSEcho(ServerTLS(configuration)) { port in
            // Either what TLS says, or that the channel is closed already; that nothing else is amiss, `takesTLSFrom12` shows.
            await #expect(throws: (any Error).self) {
                try await TLSClient.connect(to: port, { ($0.minimumTLSVersion, $0.maximumTLSVersion) = (.tlsv1, version) }) { client in
                    _ = try await client.echo("hello")
                }
            }
        }
    }

    /// Whatever the configuration says. A client that offers nothing, or only what is not spoken, is not turned away for it.
    @Test(arguments: [(["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"), (["h2"], nil), ([], nil)])
    func namesTheProtocolWithin(_ offered: [String], _ selected: String?) async throws {
        var configuration = try CertificatePair.a.serverConfiguration()
        configuration.applicationProtocols = ["h2"]
        try await withTLSEcho(ServerTLS(configuration)) { port in
            try await TLSClient.connect(to: port, { $0.applicationProtocols = offered }) { client in
                let echo = try await client.echo("hello")
                #expect(echo == "hello")
                #expect(client.negotiatedProtocol == selected)
            }
        }
    }

    /// It has read older files than the one that overtook it.
    @Test func aReloadThatIsOvertakenDoesNotHaveTheLastWord() throws {
        let (old, new) = try (CertificatePair.a.serverConfiguration(), CertificatePair.b.serverConfiguration())
        let subject = Mutex<ServerTLS?>(nil)
        let overtaking = Mutex<NIOSSLContext?>(nil)
        let tls = try ServerTLS(load: {
            // While it reads, another reload begins and ends.
            if let tls = subject.withLock({ $0.take() }) {
                try tls.reload(new)
                overtaking.withLock { $0 = tls.context }
            }
            return old
        })
        subject.withLock { $0 = tls }
        try tls.reload()
        #expect(overtaking.withLock { $0 } != nil)
        #expect(overtaking.withLock { $0 === tls.context })
    }

    @Test func reloadsAtTheSameTime() async throws {
        let tls = try ServerTLS(CertificatePair.a.serverConfiguration())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    try tls.reload(
                        number.isMultiple(of: 2) ? CertificatePair.a.serverConfiguration() : CertificatePair.b.serverConfiguration())
                }
            }
            try await group.waitForAll()
        }
        // The one that began last has the last word.
        try tls.reload(CertificatePair.b.serverConfiguration())
        try await withTLSEcho(tls) { try await Self.expectCertificate(.b, on: $0) }
    }
}
