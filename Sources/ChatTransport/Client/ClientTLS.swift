import NIOCore
import NIOSSL

/// A client's end of TLS, which takes the certificate of the URL's host and nobody else's.
///
/// NIOSSL's own check (2.37.6) is not enough. It takes a certificate for the address that the channel is connected to, also where it was
/// given a name to expect. With a proxy that is the proxy's address; without one it is whatever DNS has answered. Who has a certificate
/// for an address of their own, which public authorities issue, could pass for any server.
struct ClientTLS: Sendable {
    private let context: NIOSSLContext
    /// Nil for an address, which TLS does not name (RFC 6066 section 3).
    private let serverHostname: String?
    /// What to check beside what NIOSSL checks; nil if nothing.
    private let identity: ServerIdentity?

    /// - Throws: `NIOSSLError`, `BoringSSLError` or ``InvalidConfigurationError`` if the configuration is not one.
    init(url: WebSocketURL, configuration: WebSocketClientConfiguration) throws {
        var tls = configuration.tls ?? .makeClientConfiguration()
        try tls.requireModernVersion()
        self.serverHostname = url.isAddress ? nil : url.host
        switch tls.certificateVerification {
        case .fullVerification where url.isAddress && configuration.proxy == nil:
            // The channel's address is the URL's, in whatever way that is written.
            self.identity = nil
        case .fullVerification:
            self.identity = ServerIdentity(url)
            // NIOSSL would want the proxy's address in the certificate. Who has issued it is verified all the same.
            if url.isAddress { tls.certificateVerification = .noHostnameVerification }
        case .noHostnameVerification, .none: self.identity = nil
        }
        self.context = try NIOSSLContext(configuration: tls)
    }

    /// For one channel.
    func makeHandler() throws -> NIOSSLClientHandler {
        guard let identity else { return try NIOSSLClientHandler(context: self.context, serverHostname: self.serverHostname) }
        // NIOSSL promises no stability for this call, but has had it for years. A public one, the custom verification callback, takes the
        // place of all that BoringSSL verifies. Checking when the handshake's event comes is too late: the request, which has a token in
        // it, is sent right after.
        return try NIOSSLClientHandler._makeSSLClientHandler(context: self.context, serverHostname: self.serverHostname) {
            certificate, channel in
            if identity.isNamed(by: certificate) { return channel.eventLoop.makeSucceededVoidFuture() }
            return channel.eventLoop.makeFailedFuture(NIOSSLExtraError.failedToValidateHostname)
        }
    }
}
