extension WebSocketProxy {
    /// Reads a proxy as it stands in settings: `http://user:password@proxy.example.com:3128`.
    ///
    /// - Parameter url: the scheme may be missing; the port is 80 by default. User and password are percent-decoded.
    /// - Throws: ``InvalidConfigurationError`` if it is none, or of a kind that is not supported: SOCKS, or a proxy that is itself spoken
    ///   to over TLS. The error does not show the password.
    public init(url: String) throws {
        let invalid = InvalidConfigurationError("Not the URL of a proxy such as http://proxy.example.com:3128.")
        var rest = url[...]
        if let separator = url.firstRange(of: "://") {
            guard url[..<separator.lowerBound].lowercased() == "http" else {
                throw InvalidConfigurationError("Only proxies with an http: URL are supported.")
            }
            rest = url[separator.upperBound...]
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        var authorization: Authorization?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let username = PercentEncoding.decode(parts[0]), !username.contains(":"),
                let password = PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
            else { throw invalid }
            authorization = .basic(username: username, password: password)
            rest = rest[at...].dropFirst()
        }
        guard let target = HostAndPort(rest), target.port != 0 else { throw invalid }
        self.init(host: target.host, port: target.port ?? 80, authorization: authorization)
    }
}
