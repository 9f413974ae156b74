/// Scheme, host and port (RFC 6454 section 4); two are the same if all three are.
struct WebOrigin: Sendable, Hashable {
    let scheme: String
    let host: String
    /// Nil for a scheme that has no default port here, if none is given.
    let port: Int?

    /// Reads what section 6.2 writes: nothing comes after the port. Apps that show web pages have schemes of their own.
    ///
    /// - Returns: nil if it is none, or `null`, or a list.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 1024, let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard Self.isScheme(scheme), let authority = HostAndPort(text[separator.upperBound...]) else { return nil }
        self.scheme = scheme
        self.host = authority.host
        self.port = authority.port ?? Self.defaultPort(of: scheme)
    }

    var isWeb: Bool { self.scheme == "http" || self.scheme == "https" }

    var defaultPort: Int? { Self.defaultPort(of: self.scheme) }

    private static func defaultPort(of scheme: String) -> Int? {
        switch scheme {
        case "http": 80
        case "https": 443
        default: nil
        }
    }

    /// RFC 3986 section 3.1, in lower case.
    private static func isScheme(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
