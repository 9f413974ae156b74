import ChatProtocol
import NIOCore

@testable import ChatTransport

/// A server's answer to the opening handshake, as the client reads it.
enum ClientHandshakeTarget: FuzzTarget {
    static let name = "answer"
    static let weight = 4

    private enum Outcome: Equatable {
        case waiting
        case upgraded(subprotocol: String?, PerMessageDeflateParameters?, early: [UInt8])
        case failed(WebSocketError.Code, status: Int?)
    }

    /// RFC 6455 section 1.3 has both.
    private static let (key, acceptValue) = ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    private static let subprotocols = ["chat", "superchat"]
    private static let optional = [
        "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: superchat\t", "Sec-WebSocket-Protocol: other", "Server: x",
        "Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9",
        "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; client_max_window_bits=\"10\"",
        "Connection: close", "Upgrade: h2c", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]
    private static let mutation = Mutation(tokens: [
        "\r\n\r\n", "\r\n", "\n", " ", ":", ",", "HTTP/1.1 101", "HTTP/1.0 101 \r\n\r\n", "HTTP/1.1 100 \r\n\r\n", "+101", "0101",
        "websocket",
    ])

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<random.below(3) {
            let status = random.once(in: 4) ? random.pick([200, 204, 301, 401, 426, 503, 99, 600]) : random.pick([100, 102, 103, 199])
            bytes += "HTTP/1.\(random.below(2)) \(status)\(random.once(in: 3) ? "" : " Why")\r\nA: b\r\n\r\n".utf8
        }
        var lines = [
            random.once(in: 3) ? "upgrade: h2c, WebSocket" : "Upgrade: websocket",
            random.once(in: 3) ? "connection:\tUPGRADE" : "Connection: Upgrade",
            random.once(in: 8) ? "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=" : "sec-websocket-accept: \(self.acceptValue)",
        ]
        for _ in 0..<random.below(3) { lines.insert(random.pick(self.optional), at: random.below(lines.count + 1)) }
        if random.once(in: 6) { lines.remove(at: random.below(lines.count)) }
        if random.once(in: 100) { lines.append("Long: " + String(repeating: "x", count: random.within(16_000...16_300))) }
        bytes += "HTTP/1.1 101 Switching Protocols\r\n".utf8
        for line in lines { bytes += "\(line)\r\n".utf8 }
        bytes += [0x0D, 0x0A]
        if random.once(in: 3) { self.mutation.apply(to: &bytes, &random) }
        if random.once(in: 3) { bytes += (0..<random.within(1...40)).map { _ in random.byte() } }
        return [random.byte(), random.byte(), random.byte()] + bytes
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        var bits = input.byte()
        let compression = input.flag(&bits) ? WebSocketCompression() : nil
        let seed = input.word()
        let rest = input.rest
        let whole = self.outcome([rest], compression)
        let cut = self.outcome(Chunks(rest, seed: seed), compression)
        try check(whole == cut, "the outcome depends on how the bytes are cut", "whole: \(whole)\ncut:   \(cut)")
        switch whole {
        case .waiting: try check(rest.count <= 16 * 1024, "an answer that is too long is waited for")
        case .upgraded(let subprotocol, let parameters, let early):
            try check(subprotocol.map(self.subprotocols.contains) != false, "a subprotocol that was not offered is taken")
            try check(parameters == nil || compression != nil, "an extension that was not offered is taken")
            try self.checkHead(rest, early)
        case .failed(let code, let status):
            let fits =
                code == .handshakeRejected ? status.map { (200...599).contains($0) } == true : code == .invalidHandshake && status == nil
            try check(fits, "a failure that is none of an answer", "\(whole)")
        }
    }

    private static func outcome(_ reads: some Sequence<ArraySlice<UInt8>>, _ compression: WebSocketCompression?) -> Outcome {
        var machine = ClientHandshakeHandler.StateMachine(key: self.key, subprotocols: self.subprotocols, compression: compression)
        var outcome = Outcome.waiting
        for read in reads {
            // What comes behind the answer is the connection's.
            if case .upgraded(let subprotocol, let parameters, let early) = outcome {
                outcome = .upgraded(subprotocol: subprotocol, parameters, early: early + read)
                continue
            }
            switch machine.receive(ByteBuffer(bytes: read)) {
            case .none: continue
            case .upgrade(let subprotocol, let parameters, let early):
                outcome = .upgraded(subprotocol: subprotocol, parameters, early: Array(early.readableBytesView))
            case .fail(let error): outcome = .failed(error.code, status: error.status)
            }
        }
        return outcome
    }

    /// Section 4.1, read in the plainest way.
    private static func checkHead(_ bytes: ArraySlice<UInt8>, _ early: [UInt8]) throws(Finding) {
        try check(bytes.suffix(early.count).elementsEqual(early), "what comes behind the answer is not what was sent")
        let text = bytes.dropLast(early.count).map { Character(UnicodeScalar($0)) }
        // A Character may be both CR and LF, but these were made one by one.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.filter { $0 != "\r" }) }
        try check(lines.count >= 3 && lines.suffix(2) == ["", ""], "an answer without an end is taken")
        let head = lines.dropLast(2).split(separator: "", omittingEmptySubsequences: false).last ?? []
        let status = head.first ?? ""
        try check(status == "HTTP/1.1 101" || status.hasPrefix("HTTP/1.1 101 "), "another status than 101 is taken", status)
        let values = { (name: String) in
            head.dropFirst().filter { $0.lowercased().hasPrefix(name + ":") }
                .map { $0.dropFirst(name.count + 1).split(whereSeparator: " \t".contains).joined(separator: " ") }
        }
        try check(values("sec-websocket-accept") == [self.acceptValue], "an answer to another key is taken")
        try check(values("upgrade").contains { $0.lowercased().contains("websocket") }, "an upgrade to something else is taken")
        try check(values("connection").contains { $0.lowercased().contains("upgrade") }, "an answer without an upgrade is taken")
    }
}
