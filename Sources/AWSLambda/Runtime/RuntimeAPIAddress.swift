/// Where the Runtime API is: what `AWS_LAMBDA_RUNTIME_API` says, `host:port` or `[IPv6]:port`.
struct RuntimeAPIAddress: Sendable, Equatable, CustomStringConvertible {
    let host: String
    let port: Int

    /// `nil`, if it is no host and port.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return nil }
        var host = text[..<colon]
        if host.first == "[" {
            guard host.last == "]" else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }

    /// As the `Host` header has it.
    var description: String { self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)" }
}
