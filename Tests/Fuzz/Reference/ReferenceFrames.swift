/// What a stream of frames means by RFC 6455 sections 5 and 7, read at once from an array.
struct ReferenceFrames {
    enum Event: Equatable {
        case message(isText: Bool, [UInt8])
        case pong([UInt8])
        case close(UInt16?, thenClose: Bool)
        case end
    }

    struct Rules {
        var isServer: Bool
        var maximumFrameBytes: Int
        var maximumMessageBytes: Int
        /// Of control frames and empty fragments; all frames come within a second.
        var maximumControlFrames: Int
        /// Nil without permessage-deflate.
        var inflate: ReferenceInflate?
    }

    private enum State {
        /// So many frames are still read for the peer's answer.
        case open, closing(frames: Int), closed
    }

    private struct Message {
        var isText: Bool
        var isCompressed: Bool
        var payload: [UInt8] = []
        var announced = 0
    }

    private struct Frame {
        var first: UInt8
        var isMasked: Bool
        var length: Int
        var payload: [UInt8]
        var isWhole: Bool { self.payload.count == self.length }
        var opcode: UInt8 { self.first & 0xF }
        var isFinal: Bool { self.first & 0x80 != 0 }
        var reserved: UInt8 { self.first >> 4 & 7 }
    }

    private var rules: Rules
    private var controlFrames = 0
    private var state = State.open
    private var message: Message?
    private(set) var events: [Event] = []
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>, rules: Rules, closesFirst: Bool) {
        self.rules = rules
        self.rest = bytes
        if closesFirst { self.state = .closing(frames: 65_536) }
        while let frame = self.frame() { self.receive(frame) }
    }

    /// The next frame, perhaps without the end of its payload. Nil once nothing can be read any more.
    private mutating func frame() -> Frame? {
        let bytes = Array(self.rest.prefix(14))
        guard bytes.count >= 2 else { return nil }
        let short = Int(bytes[1] & 0x7F)
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        let isMasked = bytes[1] & 0x80 != 0
        let header = 2 + extra + (isMasked ? 4 : 0)
        guard bytes.count >= header else { return nil }
        var length: UInt64 = extra == 0 ? UInt64(short) : 0
        for index in 0..<extra { length = length << 8 | UInt64(bytes[2 + index]) }
        guard length <= UInt64(Int.max) else {
            if case .open = self.state { self.fail(1002, thenClose: bytes[0] & 0xF == 8) }
            self.rest = []
            return nil
        }
        var payload = Array(self.rest.dropFirst(header).prefix(Int(length)))
        self.rest = self.rest.dropFirst(header).dropFirst(payload.count)
        if isMasked { for index in payload.indices { payload[index] ^= bytes[2 + extra + index % 4] } }
        return Frame(first: bytes[0], isMasked: isMasked, length: Int(length), payload: payload)
    }

    private mutating func receive(_ frame: Frame) {
        switch self.state {
        case .closed: break
        case .closing(let frames):
            guard frames > 0 else { return }
            self.state = .closing(frames: frames - 1)
            // Only the peer's close frame is waited for; no rule is held against it but that such a frame has 125 bytes at most.
            guard frame.opcode == 8, frame.isWhole, frame.length <= 125 else { return }
            self.events.append(.end)
            self.state = .closed
        case .open:
            // Who sent a close frame, however wrong, waits for the connection to end and answers nothing.
            if let code = self.violation(frame) { return self.fail(code, thenClose: frame.opcode == 8) }
            if frame.opcode >= 8 || frame.length == 0 && !frame.isFinal {
                self.controlFrames += 1
                if self.controlFrames > self.rules.maximumControlFrames, frame.opcode != 8 { return self.fail(1008) }
            }
            if frame.opcode >= 8 { self.control(frame) } else { self.data(frame) }
        }
    }

    private func violation(_ frame: Frame) -> UInt16? {
        guard frame.isMasked == self.rules.isServer else { return 1002 }
        switch frame.opcode {
        case 8, 9, 10: return frame.reserved == 0 && frame.isFinal && frame.length <= 125 ? nil : 1002
        case 1, 2:
            guard frame.reserved == 0 || frame.reserved == 4 && self.rules.inflate != nil, self.message == nil else { return 1002 }
        case 0: guard frame.reserved == 0, self.message != nil else { return 1002 }
        default: return 1002
        }
        if frame.length > self.rules.maximumFrameBytes { return 1009 }
        return frame.length > self.rules.maximumMessageBytes - (self.message?.announced ?? 0) ? 1009 : nil
    }

    private mutating func control(_ frame: Frame) {
        guard frame.isWhole else { return }
        if frame.opcode == 9 { self.events.append(.pong(frame.payload)) }
        guard frame.opcode == 8 else { return }
        guard !frame.payload.isEmpty else { return self.close(nil) }
        let code = frame.payload.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
        let isAllowed = (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
        guard frame.payload.count >= 2, isAllowed, ReferenceUTF8.isValid(frame.payload.dropFirst(2)) else {
            return self.fail(1002, thenClose: true)
        }
        self.close(code)
    }

    private mutating func close(_ code: UInt16?) {
        self.events.append(.close(code, thenClose: true))
        self.state = .closing(frames: 0)
    }

    /// What the peer sends next may still be its close frame, unless it has sent that.
    private mutating func fail(_ code: UInt16, thenClose: Bool = false) {
        self.events.append(.close(code, thenClose: thenClose))
        self.state = .closing(frames: thenClose ? 0 : 256)
    }

    private mutating func data(_ frame: Frame) {
        var message = self.message ?? Message(isText: frame.opcode == 1, isCompressed: frame.reserved == 4)
        message.payload += frame.payload
        message.announced += frame.length
        self.message = message
        guard frame.isFinal, frame.isWhole else {
            if message.isText, !message.isCompressed, !ReferenceUTF8.canBecomeValid(message.payload) { self.fail(1007) }
            return
        }
        self.message = nil
        if message.isCompressed {
            switch self.rules.inflate?.message(message.payload) {
            case .message(let bytes): message.payload = bytes
            case .tooBig: return self.fail(1009)
            case .invalid, nil: return self.fail(1007)
            }
        }
        guard !message.isText || ReferenceUTF8.isValid(message.payload) else { return self.fail(1007) }
        self.events.append(.message(isText: message.isText, message.payload))
    }
}
