/// What RFC 6455 section 4.2.1 asks of a request, checked on its bytes.
struct ReferenceRequest {
    private(set) var fields: [(name: String, value: [UInt8])] = []
    private(set) var requestLine: [UInt8]
    /// Where the request ends.
    let byteCount: Int

    private static let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

    /// Nil without an empty line.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: Self.end) }) else { return nil }
        self.byteCount = end + 4
        var lines = bytes[..<end].split(separator: 0x0A, omittingEmptySubsequences: false).map { $0.last == 0x0D ? $0.dropLast() : $0 }
        self.requestLine = Array(lines.removeFirst())
        for line in lines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                self.fields.append((name: "", value: Array(line)))
                continue
            }
            let value = Self.trim(line[(colon + 1)...])
            self.fields.append((name: String(decoding: line[..<colon], as: UTF8.self).lowercased(), value: Array(value)))
        }
    }

    /// The rule that the request breaks.
    var violation: String? {
        let parts = self.requestLine.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count == 3, parts[0] == Array("GET".utf8), Self.isTarget(parts[1]), parts[2] == Array("HTTP/1.1".utf8)
        else {
            return "request line"
        }
        if self.fields.contains(where: { $0.name.isEmpty || $0.name.utf8.contains { $0 <= 0x20 || $0 >= 0x7F } }) { return "name" }
        if self.fields.contains(where: { $0.value.contains { $0 == 0 || $0 == 0x0A || $0 == 0x0D } }) { return "value" }
        if self.values("host").count != 1 { return "host" }
        if !self.hasToken("websocket", "upgrade") { return "upgrade" }
        if !self.hasToken("upgrade", "connection") { return "connection" }
        if self.values("sec-websocket-version") != [Array("13".utf8)] { return "version" }
        guard self.values("sec-websocket-key").count == 1, Self.isSixteenBytes(self.values("sec-websocket-key")[0]) else { return "key" }
        if !self.values("transfer-encoding").isEmpty || self.values("content-length").contains(where: { $0 != [0x30] }) { return "body" }
        return nil
    }

    /// A path, or an absolute URI of HTTP with a host.
    private static func isTarget(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("/") { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count >= 3 && ["http:", "https:"].contains(parts[0].lowercased()) && parts[1].isEmpty && !parts[2].isEmpty
    }

    private func values(_ name: String) -> [[UInt8]] { self.fields.filter { $0.name == name }.map(\.value) }

    private func hasToken(_ token: String, _ name: String) -> Bool {
        self.values(name).contains { value in
            value.split(separator: UInt8(ascii: ",")).contains { String(decoding: Self.trim($0), as: UTF8.self).lowercased() == token }
        }
    }

    private static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return bytes
    }

    /// Base64 of 16 bytes.
    private static func isSixteenBytes(_ key: [UInt8]) -> Bool {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return key.count == 24 && key.suffix(2) == [0x3D, 0x3D] && key.dropLast(2).allSatisfy(letters.contains)
    }
}
