import NIOCore
public import NIOSSL
import Synchronization

/// A server's certificate and key, which can be replaced while it serves: connections that are open keep the ones that they began
/// with, later ones get the new ones.
///
/// Takes TLS 1.2 and later only (RFC 9325 section 3.1.1), and names `http/1.1` as the protocol within (ALPN, RFC 7301), whatever a
/// configuration says.
public final class ServerTLS: Sendable {
    private struct State: Sendable {
        var context: NIOSSLContext
        /// How to make the context anew.
        var load: @Sendable () throws -> TLSConfiguration
        /// Counts the calls to load, to know the later of two.
        var started = 0
        /// Whose result the context is.
        var installed = 0
    }

    private let state: Mutex<State>

    /// Reads PEM files, such as those of Let's Encrypt. Blocks while it reads; do not call it on an event loop.
    ///
    /// - Parameters:
    ///   - certificateChainFile: the server's certificate first, then those between it and the root (`fullchain.pem`).
    ///   - privateKeyFile: its key, without a passphrase (`privkey.pem`). For one with a passphrase, see ``init(_:)``.
    /// - Throws: `NIOSSLError` if a file cannot be read or the key is not the certificate's.
    public convenience init(certificateChainFile: String, privateKeyFile: String) throws {
        try self.init(load: {
            let certificates = try NIOSSLCertificate.fromPEMFile(certificateChainFile)
            let key = try NIOSSLPrivateKey(file: privateKeyFile, format: .pem)
            return .makeServerConfiguration(certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        })
    }

    /// For what files of PEM do not give: a key with a passphrase or in hardware, certificates of clients.
    ///
    /// - Throws: ``InvalidConfigurationError`` if there is no certificate, no key, or no version of TLS left; `NIOSSLError` if the key
    ///   is not the certificate's.
    public convenience init(_ configuration: TLSConfiguration) throws {
        try self.init(load: { configuration })
    }

    /// - Parameter load: is called now and for every ``reload()``.
    init(load: @escaping @Sendable () throws -> TLSConfiguration) throws {
        self.state = Mutex(State(context: try Self.makeContext(load()), load: load))
    }

    /// For the next connection.
    package var context: NIOSSLContext { self.state.withLock { $0.context } }

    /// Reads the files again. For a server that was set up with a configuration, there is nothing to read; see ``reload(_:)``.
    ///
    /// Blocks while it reads; do not call it on an event loop.
    ///
    /// - Throws: what ``init(certificateChainFile:privateKeyFile:)`` throws, also if only one of the files has been replaced yet. The
    ///   server then keeps what it has.
    public func reload() throws {
        let load = self.state.withLock { $0.load }
        try self.install(load)
    }

    /// Uses another configuration from now on.
    ///
    /// - Throws: what ``init(_:)`` throws. The server then keeps what it has.
    public func reload(_ configuration: TLSConfiguration) throws {
        try self.install { configuration }
    }

    private func install(_ load: @escaping @Sendable () throws -> TLSConfiguration) throws {
        let number = self.state.withLock { state in
            state.started += 1
            return state.started
        }
        // Outside the lock, for which connections wait.
        let context = try Self.makeContext(load())
        self.state.withLock { state in
            // Two reloads at a time: the one that began first may have read the older files, and must not have the last word.
            guard number > state.installed else { return }
            state.context = context
            state.load = load
            state.installed = number
        }
    }

    private static func makeContext(_ configuration: TLSConfiguration) throws -> NIOSSLContext {
        var configuration = configuration
        try Self.checkCertificate(of: configuration)
        try configuration.requireModernVersion()
        configuration.applicationProtocols = ["http/1.1"]
        // The WebSocket has said goodbye by then. Longer, a peer that does not answer keeps the connection, and what it sends is decrypted.
        configuration.shutdownTimeout = min(configuration.shutdownTimeout, .seconds(1))
        return try NIOSSLContext(configuration: configuration)
    }

    /// NIOSSL makes a context of a configuration without certificate or key, with which every handshake fails, and ends the process if
    /// a file that it is to read is bad.
    private static func checkCertificate(of configuration: TLSConfiguration) throws {
        // These come by other ways.
        if configuration.sslContextCallback != nil || configuration.pskServerProvider != nil { return }
        guard !configuration.certificateChain.isEmpty, configuration.privateKey != nil else {
            throw InvalidConfigurationError("A server needs a certificate and its private key.")
        }
        for source in configuration.certificateChain {
            guard case .certificate = source else {
                throw InvalidConfigurationError("Load certificates with NIOSSLCertificate.fromPEMFile(_:).")
            }
        }
    }
}
