import ChatProtocol
import NIOCore

/// A client that shares no code with ours: frames and handshake are written out by hand.
actor ChatPeer {
    struct Rejected: Error { var answer: HTTPAnswer }
    /// The server has closed the WebSocket.
    struct Closed: Error, Equatable { var code: UInt16 }
    struct Unexpected: Error { var event: ChatEvent }

    enum Opcode: UInt8 { case continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 }

    nonisolated let raw: RawConnection
    /// What the server said to the handshake.
    nonisolated let answer: HTTPAnswer

    private init(_ raw: RawConnection, answer: HTTPAnswer) {
        self.raw = raw
        self.answer = answer
    }

    /// Shakes hands on a connection that has sent nothing yet.
    ///
    /// - Parameter following: frames that go into the same packet as the request.
    static func open(_ raw: RawConnection, handshake: String, following: [UInt8] = []) async throws -> ChatPeer {
        try await raw.write(Array(handshake.utf8) + following)
        let answer = try await raw.answer()
        guard answer.status == 101 else { throw Rejected(answer: answer) }
        return ChatPeer(raw, answer: answer)
    }

    // MARK: Sending

    nonisolated func send(_ json: String...) async throws {
        try await self.raw.write(json.flatMap { Self.frame(.text, Array($0.utf8)) })
    }

    nonisolated func send(_ action: ChatAction, ref: String? = nil) async throws {
        try await self.send(String(decoding: ChatRequest(action, ref: ref).encoded(), as: UTF8.self))
    }

    /// One frame, masked as a client's has to be.
    static func frame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        var frame = [opcode.rawValue | (isFinal ? 0x80 : 0)]
        switch payload.count {
        case ..<126: frame.append(0x80 | UInt8(payload.count))
        case ..<65_536: frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: frame += [0x80 | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        frame += mask
        for (index, byte) in payload.enumerated() { frame.append(byte ^ mask[index & 3]) }
        return frame
    }

    // MARK: Receiving

    /// The next frame of any kind.
    private func nextFrame() async throws -> (opcode: Opcode?, payload: [UInt8]) {
        let head = try await self.raw.read(2)
        var length = Int(head[1])
        if length == 126 { length = try await self.raw.read(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = try await self.raw.read(8).reduce(0) { $0 << 8 | Int($1) } }
        return (Opcode(rawValue: head[0] & 0xF), try await self.raw.read(length))
    }

    /// The next event.
    ///
    /// - Throws: ``Closed`` if the server closes; the close frame is answered.
    func next() async throws -> ChatEvent {
        while true {
            let (opcode, payload) = try await self.nextFrame()
            switch opcode {
            case .text: return try ChatEvent(decoding: payload)
            case .ping: try await self.raw.write(Self.frame(.pong, payload))
            case .close: throw Closed(code: await self.answerClose(payload))
            default: break
            }
        }
    }

    private func answerClose(_ payload: [UInt8]) async -> UInt16 {
        try? await self.raw.write(Self.frame(.close, payload))
        return payload.count < 2 ? 1005 : UInt16(payload[0]) << 8 | UInt16(payload[1])
    }

    func next(_ count: Int) async throws -> [ChatEvent] {
        var events: [ChatEvent] = []
        while events.count < count { events.append(try await self.next()) }
        return events
    }

    /// The code with which the server closes; what it sends before that is of no interest.
    func closeCode() async throws -> UInt16 {
        while true {
            let (opcode, payload) = try await self.nextFrame()
            if opcode == .close { return await self.answerClose(payload) }
        }
    }
}
