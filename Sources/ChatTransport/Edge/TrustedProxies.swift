/// The proxies whose word on a client's address is taken (`X-Forwarded-For`).
///
/// Whoever connects can send the field, so it counts only as far as proxies of this list have written it. Default: none.
public struct TrustedProxies: Sendable, Hashable {
    /// Addresses that are looked at, at most; no chain of proxies is longer. Stops a client from having a long field read to its start.
    private static let maximumHops = 32

    private let networks: [IPNetwork]
    private let trustsUnixSockets: Bool

    /// Nobody: a client's address is the one that the connection comes from.
    public static let none = Self(networks: [], trustsUnixSockets: false)

    private init(networks: [IPNetwork], trustsUnixSockets: Bool) {
        self.networks = networks
        self.trustsUnixSockets = trustsUnixSockets
    }

    /// - Parameters:
    ///   - networks: addresses and networks of either family, such as `127.0.0.1`, `10.0.0.0/8`, `::1`, `fd00::/8`.
    ///   - trustsUnixSockets: whether a peer on a Unix domain socket, which has no address, is a proxy. Default false.
    /// - Throws: ``InvalidConfigurationError`` if one is neither, or has bits set after its prefix.
    public init(_ networks: [String], trustsUnixSockets: Bool = false) throws {
        let networks = try networks.map { text in
            guard let network = IPNetwork(text) else {
                throw InvalidConfigurationError("Not an address or a network such as 10.0.0.0/8: \(text)")
            }
            return network
        }
        self.init(networks: networks, trustsUnixSockets: trustsUnixSockets)
    }

    /// Where a request comes from: the address nearest to the server that is no trusted proxy's.
    ///
    /// - Parameters:
    ///   - peer: the address that the connection comes from, without a port; nil for a Unix domain socket.
    ///   - forwardedFor: the values of all `X-Forwarded-For` fields, in their order.
    /// - Returns: the peer if it is not trusted or the field says nothing; if all addresses are trusted, or something that is none
    ///   stands before them, the farthest of them.
    package func clientAddress(peer: String?, forwardedFor: [String]) -> String? {
        if let peer {
            guard !self.networks.isEmpty, let address = IPAddress(peer), self.contains(address) else { return peer }
        } else {
            guard self.trustsUnixSockets else { return nil }
        }
        var farthest = peer
        var hops = 0
        // From the end, where the nearest proxy has added what it saw; only that much is read.
        for value in forwardedFor.reversed() {
            var rest = value[...]
            while !rest.isEmpty, hops < Self.maximumHops {
                hops += 1
                let comma = rest.utf8.lastIndex(of: UInt8(ascii: ","))
                let element = (comma.map { rest[$0...].dropFirst() } ?? rest).trimmingBlanks()
                rest = comma.map { rest[..<$0] } ?? ""
                // Lists may have empty elements, which mean nothing (RFC 9110 section 5.6.1).
                if element.isEmpty { continue }
                guard let address = Self.address(element) else { return farthest }
                farthest = address.description
                if !self.contains(address) { return farthest }
            }
        }
        return farthest
    }

    /// Whether an address is a trusted proxy's.
    func contains(_ address: IPAddress) -> Bool {
        self.networks.contains { $0.contains(address) }
    }

    /// Some proxies add the port, and then brackets to an IPv6 address; others add only the brackets.
    private static func address(_ text: Substring) -> IPAddress? {
        guard text.utf8.count <= 64 else { return nil }
        return IPAddress(text) ?? HostAndPort(text).flatMap { IPAddress($0.host) }
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var text = self.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
