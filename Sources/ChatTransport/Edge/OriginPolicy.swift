/// From which sites a browser may connect, by the `Origin` that it sends (RFC 6455 section 10.2).
///
/// This protects the users of browsers, not the server: whoever has no browser can send any origin.
public struct OriginPolicy: Sendable, Hashable {
    private enum Rule: Sendable, Hashable {
        case any
        case sameHost
        case list(Set<WebOrigin>)
    }

    private let rule: Rule
    /// Whether a request without an origin, which comes from no browser, is allowed.
    private let allowsMissing: Bool

    /// Every origin, and none. The default: a connection is authorised by a token that a page of another site does not have. Where
    /// a cookie authorises, this lets any site use a visitor's cookie; choose another policy.
    public static let any = Self(rule: .any, allowsMissing: true)

    /// Only pages that come from the host and port that the request goes to; also requests without an origin.
    public static let sameHost = Self.sameHost(allowsMissing: true)

    /// Only pages that come from the host and port that the request goes to, over `http` or `https`.
    ///
    /// Needs a proxy in front, if there is one, to pass `Host` on unchanged.
    ///
    /// - Parameter allowsMissing: whether to allow requests without an origin: apps and tools send none, browsers always do.
    public static func sameHost(allowsMissing: Bool) -> Self {
        Self(rule: .sameHost, allowsMissing: allowsMissing)
    }

    /// Only pages of these sites.
    ///
    /// - Parameters:
    ///   - origins: such as `https://chat.example.com` or `http://localhost:8080`: scheme, host, and port unless it is the default.
    ///     Upper case and a slash at the end make no difference. `null` cannot be listed: every site can make a page of that origin.
    ///   - allowsMissing: whether to allow requests without an origin, which come from no browser. Default true.
    /// - Throws: ``InvalidConfigurationError`` if one is no origin.
    public static func list(_ origins: [String], allowsMissing: Bool = true) throws -> Self {
        let origins = try origins.map { text in
            guard let origin = WebOrigin(text.hasSuffix("/") ? text.dropLast() : text[...]) else {
                throw InvalidConfigurationError("Not an origin such as https://chat.example.com: \(text)")
            }
            return origin
        }
        return Self(rule: .list(Set(origins)), allowsMissing: allowsMissing)
    }

    /// - Parameters:
    ///   - origin: the value of the request's `Origin`; of several, all of them joined, which no policy but `any` allows.
    ///   - host: the value of its `Host`.
    package func allows(origin: String?, host: String) -> Bool {
        if case .any = self.rule { return true }
        guard let origin else { return self.allowsMissing }
        guard let origin = WebOrigin(origin) else { return false }
        switch self.rule {
        case .any: return true
        case .sameHost:
            // The server may not know whether the client came over TLS, since a proxy may have ended it, so `Host` without a port has
            // the default port of the origin's scheme.
            guard origin.isWeb, let target = HostAndPort(host) else { return false }
            return target.host == origin.host && (target.port ?? origin.defaultPort) == origin.port
        case .list(let origins): return origins.contains(origin)
        }
    }
}
