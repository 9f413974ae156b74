/// Where a service is reached.
public struct AWSEndpoint: Sendable, Hashable {
    /// `https` or `http`.
    public var scheme: String
    /// With the port if it is not the scheme's own: the value of the `Host` header.
    public var host: String
    /// Goes before the path of every operation: empty, or begins with `/` and does not end with it.
    public var pathPrefix: String

    public init(scheme: String = "https", host: String, pathPrefix: String = "") {
        self.scheme = scheme
        self.host = host
        self.pathPrefix = pathPrefix
    }

    /// Reads a URL such as `https://localhost:8443/Prod`.
    ///
    /// - Throws: ``AWSError`` with `invalidConfiguration` if it is no `http:` or `https:` URL, is longer than 2048 bytes, or has user
    ///   name, query or fragment.
    public init(url: String) throws {
        self = try Self.parse(url, source: "the endpoint")
    }

    static func parse(_ url: String, source: String) throws(AWSError) -> AWSEndpoint {
        func refusal(_ reason: String) -> AWSError { AWSError(.invalidConfiguration, "\(source) \(reason)") }
        guard url.utf8.count <= 2048 else { throw refusal("is longer than 2048 bytes") }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw refusal("has characters that no URL has") }
        let scheme: String
        let rest: Substring
        if url.lowercased().hasPrefix("https://") {
            (scheme, rest) = ("https", url.dropFirst(8))
        } else if url.lowercased().hasPrefix("http://") {
            (scheme, rest) = ("http", url.dropFirst(7))
        } else {
            throw refusal("is no http: or https: URL")
        }
        guard !rest.contains(where: { "?#@\\".contains($0) }) else { throw refusal("has a user name, a query or a fragment") }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let host = try Self.host(rest[..<slash], scheme: scheme, refusal: refusal)
        var prefix = rest[slash...]
        while prefix.last == "/" { prefix.removeLast() }
        return AWSEndpoint(scheme: scheme, host: host, pathPrefix: String(prefix))
    }

    /// Host and port, the port left out where it is the scheme's own, since signers leave it out.
    private static func host(
        _ authority: Substring, scheme: String, refusal: (String) -> AWSError
    ) throws(AWSError) -> String {
        var name = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(digits), 1...65535 ~= number
            else {
                throw refusal("has no valid port")
            }
            name = authority[..<colon]
            port = number
        }
        let isLiteral = name.first == "[" && name.last == "]"
        let inner = isLiteral ? name.dropFirst().dropLast() : name
        guard !inner.isEmpty,
            inner.utf8.allSatisfy({ byte in
                URIEncoding.isUnreserved(byte) || isLiteral && byte == UInt8(ascii: ":")
            })
        else { throw refusal("has no valid host") }
        guard let port, port != (scheme == "https" ? 443 : 80) else { return name.lowercased() }
        return "\(name.lowercased()):\(port)"
    }
}
