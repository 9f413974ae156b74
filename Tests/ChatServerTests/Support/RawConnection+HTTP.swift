/// What a server answers to an HTTP request.
struct HTTPAnswer: Hashable {
    var status: Int
    /// By names in lower case.
    var fields: [String: String]
    var body: String
}

extension RawConnection {
    /// Reads one answer; its body as long as `Content-Length` says.
    func answer() async throws -> HTTPAnswer {
        let lines = try await self.read(through: "\r\n\r\n").split(separator: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        let body = String(decoding: try await self.read(length), as: UTF8.self)
        return HTTPAnswer(status: status, fields: fields, body: body)
    }

    /// Sends one request without a body and reads its answer.
    func get(_ target: String, method: String = "GET", fields: [String] = []) async throws -> HTTPAnswer {
        try await self.write(Self.request(target, method: method, fields: fields))
        return try await self.answer()
    }

    static func request(_ target: String, method: String = "GET", fields: [String] = []) -> String {
        (["\(method) \(target) HTTP/1.1", "Host: chat.example"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// A proper opening handshake (RFC 6455 section 4.1).
    ///
    /// - Parameter token: goes into `Authorization`; nil sends none.
    static func handshake(_ target: String = "/ws", token: String?, fields: [String] = []) -> String {
        let authorization = token.map { ["Authorization: Bearer \($0)"] } ?? []
        return self.request(
            target,
            fields: [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + authorization + fields)
    }
}
