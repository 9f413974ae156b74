/// The hosts to connect to without a proxy, as `no_proxy` lists them. What cannot be read is no exception.
struct ProxyExceptions: Sendable {
    private let entries: [Substring]

    init(_ text: String) {
        self.entries = text.split { $0 == "," || $0.isWhitespace }
    }

    /// - Parameter host: a name or an address, without brackets.
    func contains(host: String, port: Int) -> Bool {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        let address = IPAddress(host)
        return self.entries.contains { entry in
            if entry == "*" { return true }
            if let network = IPNetwork(entry) { return address.map(network.contains) ?? false }
            // A name with or without the dot in front: there are both, and programs treat them alike.
            guard let exception = HostAndPort(entry.drop { $0 == "." }) else { return false }
            if let exceptionPort = exception.port, exceptionPort != port { return false }
            if let exceptionAddress = IPAddress(exception.host) { return exceptionAddress == address }
            return address == nil && (host == exception.host || host.hasSuffix(".\(exception.host)"))
        }
    }
}
