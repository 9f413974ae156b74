/// Where a container gets its credentials: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, a path on ECS's own address, or
/// `AWS_CONTAINER_CREDENTIALS_FULL_URI`, a URL. The first wins.
///
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
struct ContainerEndpoint: Equatable {
    var scheme: String
    var host: String
    var path: String
    var query: String

    /// - Returns: nil if neither variable is set.
    /// - Throws: ``AWSError`` with `invalidConfiguration` if what is set is no path or URL, or is a host that must not be asked.
    static func resolve(environment: [String: String]) throws(AWSError) -> ContainerEndpoint? {
        if let path = environment.nonEmpty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/") else {
                throw AWSError(.invalidConfiguration, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /")
            }
            return Self.endpoint(scheme: "http", host: "169.254.170.2", pathAndQuery: path)
        }
        let variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        guard let url = environment.nonEmpty(variable) else { return nil }
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let base = try AWSEndpoint.parse(String(parts[0]), source: variable)
        guard base.scheme == "https" || Self.mayBeAskedInTheClear(base.host) else {
            throw AWSError(.invalidConfiguration, "\(variable) is neither https: nor an address of the machine, of ECS or of EKS")
        }
        var path = parts[0].split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first.map { "/\($0)" } ?? "/"
        if parts.count > 1 { path += "?\(parts[1])" }
        return Self.endpoint(scheme: base.scheme, host: base.host, pathAndQuery: path)
    }

    private static func endpoint(scheme: String, host: String, pathAndQuery: String) -> ContainerEndpoint {
        let parts = pathAndQuery.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return ContainerEndpoint(scheme: scheme, host: host, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "")
    }

    /// Plain HTTP goes to the machine itself, and to the link-local addresses of ECS (169.254.170.2) and EKS (169.254.170.23,
    /// fd00:ec2::23). Stops a token and the credentials from crossing a network unencrypted. A name other than `localhost` would first
    /// have to be looked up, and is refused.
    private static func mayBeAskedInTheClear(_ host: String) -> Bool {
        let name: Substring
        if host.first == "[" {
            name = host.dropFirst().prefix { $0 != "]" }
        } else {
            name = host.prefix { $0 != ":" }
        }
        if ["localhost", "::1", "fd00:ec2::23", "169.254.170.2", "169.254.170.23"].contains(name) { return true }
        let octets = name.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { octet in octet.utf8.allSatisfy { 0x30...0x39 ~= $0 } && UInt8(octet) != nil }
    }
}
