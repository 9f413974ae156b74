import AsyncHTTPClient
import ChatAuth
import ChatTransport
import NIOPosix
import NIOSSL

/// How the user pool and the chat are reached: what is trusted, and through which proxy.
struct NetworkSettings: Sendable {
    /// Nil trusts what the system trusts.
    private let tls: TLSConfiguration?

    /// - Parameter rootFile: certificates in PEM that are trusted beside the system's.
    init(rootFile: String?) throws {
        guard let rootFile else {
            self.tls = nil
            return
        }
        guard let roots = try? NIOSSLCertificate.fromPEMFile(rootFile) else {
            throw Failure("\(rootFile) cannot be read, or is no certificate in PEM.")
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.additionalTrustRoots = [.certificates(roots)]
        self.tls = tls
    }

    func webSocket(to url: String) throws -> WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        configuration.tls = self.tls
        configuration.proxy = try WebSocketProxy.fromEnvironment(for: url)
        return configuration
    }

    /// Runs `body` with what sends requests to a server of HTTP.
    func withExchange(to url: String, _ body: (AsyncHTTPExchange) async throws -> Void) async throws {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        if let tls { configuration.tlsConfiguration = tls }
        if let proxy = try WebSocketProxy.fromEnvironment(for: url) {
            configuration.proxy = .server(host: proxy.host, port: proxy.port, authorization: proxy.authorization.map(Self.authorization))
        }
        // Not the default group: on Apple's systems that is Network.framework's, which takes no roots in addition.
        try await HTTPClient.withHTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration) { client in
            try await body(AsyncHTTPExchange(client: client))
        }
    }

    /// The environment's is always Basic.
    private static func authorization(_ authorization: WebSocketProxy.Authorization) -> HTTPClient.Authorization {
        .basic(credentials: String(authorization.value.dropFirst("Basic ".count)))
    }
}
