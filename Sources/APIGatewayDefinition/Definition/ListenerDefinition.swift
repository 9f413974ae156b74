/// Where the gateway listens.
public struct ListenerDefinition: Sendable, Equatable {
    /// An address or a name of this machine. Default `127.0.0.1`: nobody else reaches it until that is asked for.
    public var host = "127.0.0.1"

    /// 0 to 65,535; 0 lets the system choose. Default 8443.
    public var port = 8443

    /// The certificate to show. Default ``TLSDefinition/development(directory:names:)`` in `.gateway`.
    public var tls: TLSDefinition = .development(directory: ".gateway", names: [])

    public init() {}
}

/// Which certificate the gateway shows.
public enum TLSDefinition: Sendable, Equatable {
    /// None: `ws` and `http`. boto3 then needs an `http` endpoint, and signatures travel where they can be read.
    case off

    /// A self-signed one, made at the first start and kept in `directory`: see ``DevelopmentCertificate``. `names` are host names or
    /// addresses that it covers beside `localhost`, `127.0.0.1`, `::1` and the machine's name.
    case development(directory: String, names: [String])

    /// One of your own: PEM files, the chain with the leaf first, and its key.
    case files(certificate: String, key: String)
}
