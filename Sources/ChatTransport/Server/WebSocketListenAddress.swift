/// Where a server listens.
public struct WebSocketListenAddress: Sendable, Hashable, CustomStringConvertible {
    enum Value: Sendable, Hashable {
        case hostname(String, port: Int)
        case unixDomainSocket(path: String)
    }

    let value: Value

    /// A host's address and a port; 0 lets the system choose one.
    public static func hostname(_ host: String, port: Int) -> Self { Self(value: .hostname(host, port: port)) }

    /// A Unix domain socket. A socket that a process has left behind there is replaced.
    public static func unixDomainSocket(path: String) -> Self { Self(value: .unixDomainSocket(path: path)) }

    public var description: String {
        switch self.value {
        case .hostname(let host, let port): "\(host):\(port)"
        case .unixDomainSocket(let path): "unix:\(path)"
        }
    }
}
