/// Requests for a WebSocket, proper and nearly so.
enum RequestGenerator {
    private static let optional = [
        "Origin: https://chat.example.com", "Origin: null", "Origin: http://[::1]:8080/", "X-Forwarded-For: 198.51.100.7, 10.0.0.1",
        "X-Forwarded-For: [2001:db8::1]:80 , ::ffff:10.1.2.3", "Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Protocol:",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", "Content-Length: 0", "Content-Length: 5",
        "Transfer-Encoding: chunked", "Cookie: a=b; c=é", "User-Agent:\tx ", "Host: b", "Upgrade: h2c", "Connection: close",
        "Sec-WebSocket-Version: 8", "X: " + String(repeating: "y", count: 300),
    ]
    static let mutation = Mutation(tokens: [
        "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", ":", " ", "\t", "\0", "\u{7F}", "\u{85}", "Host: a\r\n", "GET ", " HTTP/1.1", ",", "%",
        "?a=%41&b",
        "websocket", "Upgrade", "==", "\r\n ", "HTTP/1.0",
    ])

    static func request(_ random: inout FuzzRandom) -> [UInt8] {
        var lines = [
            random.once(in: 3) ? "Host: chat.example.com:8080" : "host:a",
            random.once(in: 3) ? "Upgrade: h2c, WebSocket" : "Upgrade: websocket",
            random.once(in: 3) ? "Connection: keep-alive,\tUPGRADE" : "Connection: Upgrade",
            random.once(in: 8) ? "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB==" : "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
        ]
        for _ in 0..<random.below(4) { lines.insert(random.pick(self.optional), at: random.below(lines.count + 1)) }
        if random.once(in: 4) { lines.remove(at: random.below(lines.count)) }
        if random.once(in: 6) { lines.append(random.pick(lines)) }
        let target = random.pick([
            "/", "/chat?token=a%20b&x", "/%ff?=&&a==%", "*", "HTTP://a.b:8/chat?x", "https://a",
            "/" + String(repeating: "p", count: random.below(60)),
        ])
        var bytes = Array("GET \(target) HTTP/1.1\r\n".utf8)
        for line in lines {
            bytes += line.utf8
            bytes += [0x0D, 0x0A]
        }
        bytes += [0x0D, 0x0A]
        if random.once(in: 2) { self.mutation.apply(to: &bytes, &random) }
        if random.once(in: 3) {
            var frames = FrameGenerator(isMasked: true, deflater: nil, isWrong: false)
            frames.item(&random)
            bytes += frames.bytes
        }
        return bytes
    }
}
