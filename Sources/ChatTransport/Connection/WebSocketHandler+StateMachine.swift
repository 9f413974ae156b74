import ChatProtocol
import NIOCore

extension WebSocketHandler {
    /// The rules of one connection after the handshake (RFC 6455 sections 5 to 7), without I/O: bytes and times go in, what to do
    /// comes out.
    ///
    /// Once a close frame was sent nothing more is delivered and nothing more is sent; the connection then ends when the peer
    /// answers, when it ends the stream, or when it takes too long; if the peer was the first, when the answer has left. Input goes on being read meanwhile: to close a socket that has
    /// unread input resets it, and the peer would never see why. But only so much, so that a peer that floods keeps nobody busy.
    struct StateMachine {
        enum State {
            case open
            /// A close frame was sent; the peer has until then to answer, or to read it if it sent one first.
            case closing(deadline: NIODeadline)
            case closed
        }

        enum FrameAction: Equatable {
            case deliver(WebSocketMessage)
            case sendPong(ByteBuffer)
            /// Send a close frame; if `thenClose`, the connection ends once it is out.
            case sendClose(WebSocketCloseCode?, reason: String, thenClose: Bool)
            case closeChannel
        }

        enum TimerAction: Equatable {
            case wait
            case sendPing
            case sendClose(WebSocketCloseCode, reason: String)
            case closeChannel
        }

        let settings: WebSocketSettings
        var state = State.open
        private(set) var openedAt: NIODeadline
        /// When anything last came from the peer.
        var lastInbound: NIODeadline
        /// When a message last went either way.
        var lastMessage: NIODeadline
        /// A ping that nothing has come after yet.
        var pingSentAt: NIODeadline?
        private var reader: WebSocketFrameReader
        /// The frame whose payload is being read.
        private var opcode = WebSocketOpcode.continuation
        private var isFinal = true
        private var length = 0
        private var controlFramesSince = NIODeadline.uptimeNanoseconds(0)
        private var controlFrames = 0
        /// Whether nothing that comes can be told apart any more, or is wanted.
        private var isDeaf = false
        /// The peer has sent a close frame: the connection ends once the answer is out.
        private var endsWhenAnswered = false
        /// How much is still read once a close frame was sent.
        private var bytesToReadOn: Int
        private var framesToReadOn = Self.framesReadWhileClosing
        var partial: Boxed<MessageInProgress>?
        private var received: Boxed<WebSocketClosure>?
        /// Nil unless permessage-deflate was negotiated.
        let inflating: MessageInflating?

        /// A peer's answer to a close frame comes behind all that it has sent before: what it has queued, and what lies in the sockets.
        private static let bytesReadWhileClosing = 16 * 1024 * 1024
        /// What comes from a peer that has broken the rules need not be read at all (section 7.1.7). So much more than the frame itself
        /// lets one that answers be done at once.
        private static let bytesReadAfterFailure = 64 * 1024
        /// The same in frames, since a small one costs more time than its bytes.
        private static let framesReadWhileClosing: UInt32 = 65_536
        private static let framesReadAfterFailure: UInt32 = 256
        /// How long a peer that was read enough from has to read why.
        private static let lingerTime = TimeAmount.seconds(1)

        init(settings: WebSocketSettings, inflating: MessageInflating? = nil, now: NIODeadline) {
            self.settings = settings
            self.inflating = inflating
            self.openedAt = now
            self.bytesToReadOn = max(Self.bytesReadWhileClosing, settings.maximumMessageBytes)
            self.lastInbound = now
            self.lastMessage = now
            self.reader = WebSocketFrameReader(
                role: settings.role, maximumFrameBytes: settings.maximumFrameBytes, maximumMessageBytes: settings.maximumMessageBytes,
                allowsCompression: inflating != nil)
        }

        var isOpen: Bool {
            if case .open = self.state { true } else { false }
        }

        /// How the connection ended, as far as the peer told.
        var closure: WebSocketClosure {
            self.received?.value ?? WebSocketClosure(code: .abnormalClosure, reason: "")
        }

        // MARK: Bytes

        /// Reads on until there is something to do.
        ///
        /// - Parameter input: what came from the peer and was not read yet; what was read is taken off.
        /// - Returns: nil once nothing is left to be read.
        mutating func next(_ input: inout ByteBuffer, now: NIODeadline) -> FrameAction? {
            guard input.readableBytes > 0 else { return nil }
            self.lastInbound = now
            self.pingSentAt = nil
            self.takeBackHeader(&input)
            while input.readableBytes > 0 {
                if self.isDeaf || self.hasReadEnough {
                    input.moveReaderIndex(to: input.writerIndex)
                    return nil
                }
                if self.reader.isAtHeader {
                    let isLenient = !self.isOpen
                    if isLenient, self.framesToReadOn == 0 {
                        self.bytesToReadOn = 0
                        continue
                    }
                    switch input.withUnsafeReadableBytes({ self.reader.header($0, isLenient: isLenient) }) {
                    case .needsMoreData:
                        self.holdBackHeader(&input)
                        return nil
                    case .violation(let code, let reason, let byteCount):
                        let first = input.getInteger(at: input.readerIndex, as: UInt8.self) ?? 0
                        if let byteCount { input.moveReaderIndex(forwardBy: byteCount) } else { self.isDeaf = true }
                        self.opcode = .continuation
                        guard self.isOpen else { continue }
                        // Who sent a close frame, however wrong, waits for the connection to end and answers nothing.
                        let isClose = WebSocketOpcode(rawValue: first & 0xF) == .connectionClose
                        if isClose { (self.isDeaf, self.endsWhenAnswered) = (true, true) }
                        self.startFailing(now: now)
                        return .sendClose(code, reason: reason, thenClose: isClose)
                    case .header(let header, let byteCount):
                        input.moveReaderIndex(forwardBy: byteCount)
                        if isLenient { self.framesToReadOn -= 1 }
                        self.opcode = header.opcode
                        self.isFinal = header.isFinal
                        self.length = header.length
                        if self.isOpen, !self.mayGoOn(header, now: now) {
                            self.startFailing(now: now)
                            return .sendClose(.policyViolation, reason: "too many control frames", thenClose: false)
                        }
                    }
                }
                if let action = self.readPayload(&input, now: now) { return action }
            }
            return nil
        }

        /// Counts the frames that cost something and bring nothing.
        private mutating func mayGoOn(_ header: WebSocketFrameHeader, now: NIODeadline) -> Bool {
            guard header.opcode.isControl || (header.length == 0 && !header.isFinal) else { return true }
            if now - self.controlFramesSince >= .seconds(1) { (self.controlFramesSince, self.controlFrames) = (now, 0) }
            self.controlFrames += 1
            return self.controlFrames <= self.settings.maximumControlFramesPerSecond || header.opcode == .connectionClose
        }

        /// A header that was cut is read again as a whole.
        private mutating func takeBackHeader(_ input: inout ByteBuffer) {
            guard self.partial != nil, var header = self.partial?.value.header, header.readableBytes > 0 else { return }
            self.partial?.value.header = ByteBuffer()
            self.dropEmptyPartial()
            header.writeBuffer(&input)
            input = header
        }

        private mutating func holdBackHeader(_ input: inout ByteBuffer) {
            self.makePartial()
            self.partial?.value.header = ByteBuffer(bytes: input.readableBytesView)
            input.moveReaderIndex(to: input.writerIndex)
        }

        private mutating func makePartial() {
            if self.partial == nil { self.partial = Boxed(MessageInProgress()) }
        }

        private mutating func dropEmptyPartial() {
            if self.partial?.value.isEmpty == true { self.partial = nil }
        }

        private mutating func readPayload(_ input: inout ByteBuffer, now: NIODeadline) -> FrameAction? {
            let count = self.reader.payload(available: input.readableBytes)
            guard self.isWanted else {
                self.reader.skip(count)
                input.moveReaderIndex(forwardBy: count)
                return nil
            }
            if self.opcode.isControl { return self.readControl(&input, count: count, now: now) }
            if self.opcode != .continuation {
                let kind: WebSocketMessage.Kind = self.opcode == .text ? .text : .binary
                if self.isFinal, count == self.length, !self.reader.isMessageCompressed {
                    return self.readWhole(kind, &input, count: count, now: now)
                }
                self.opcode = .continuation
                self.makePartial()
                self.partial?.value.begin(kind, now: now)
            }
            return self.readPart(&input, count: count, now: now)
        }

        private var isWanted: Bool {
            switch self.state {
            case .open: true
            // The rules are not checked any more, but what is too long for a control frame is not kept.
            case .closing: self.opcode == .connectionClose && self.received == nil && self.length <= 125
            case .closed: false
            }
        }

        // MARK: Data

        /// A message that is there as a whole, in one frame: nearly every one.
        private mutating func readWhole(
            _ kind: WebSocketMessage.Kind, _ input: inout ByteBuffer, count: Int, now: NIODeadline
        ) -> FrameAction {
            let bytes = self.reader.readUnmasked(&input, count: count)
            if kind == .text, !bytes.withUnsafeReadableBytes(UTF8Validator.isValid) {
                return self.fail(.invalidPayload, "text is not UTF-8", now: now)
            }
            return self.deliver(kind, bytes, now: now)
        }

        private mutating func readPart(_ input: inout ByteBuffer, count: Int, now: NIODeadline) -> FrameAction? {
            guard self.partial != nil else { return nil }
            if self.reader.isMessageCompressed {
                let chunk = self.reader.readUnmasked(&input, count: count)
                let isLast = self.isFinal && self.reader.isAtHeader
                if let failure = self.inflate(chunk, isLast: isLast, now: now) { return failure }
            } else {
                let isValid = self.partial?.value.appendUnmasked(&input, count: count, reader: &self.reader)
                guard isValid == true else { return self.fail(.invalidPayload, "text is not UTF-8", now: now) }
            }
            guard self.isFinal, self.reader.isAtHeader, let message = self.partial?.value else { return nil }
            self.partial = nil
            guard message.kind == .binary || message.text.isComplete else {
                return self.fail(.invalidPayload, "text is not UTF-8", now: now)
            }
            return self.deliver(message.kind, message.bytes, now: now)
        }

        private mutating func inflate(_ chunk: ByteBuffer, isLast: Bool, now: NIODeadline) -> FrameAction? {
            guard let inflating else { return nil }
            var isValid = true
            do throws(InflateError) {
                let result: Result<Void, InflateError> = chunk.withUnsafeReadableBytes { chunk in
                    Result { () throws(InflateError) in
                        try inflating.inflate(chunk, isLast: isLast) { bytes in
                            // Nothing is kept of a message that has turned out to be none.
                            if isValid { isValid = self.partial?.value.append(bytes) ?? false }
                        }
                    }
                }
                try result.get()
            } catch {
                // The first mistake counts, wherever the message was cut.
                guard isValid else { return self.fail(.invalidPayload, "text is not UTF-8", now: now) }
                return switch error {
                case .invalid: self.fail(.invalidPayload, "a message cannot be decompressed", now: now)
                case .tooBig: self.fail(.messageTooBig, "message too long", now: now)
                }
            }
            return isValid ? nil : self.fail(.invalidPayload, "text is not UTF-8", now: now)
        }

        private mutating func deliver(_ kind: WebSocketMessage.Kind, _ bytes: ByteBuffer, now: NIODeadline) -> FrameAction {
            self.lastMessage = now
            return .deliver(WebSocketMessage(kind, bytes))
        }

        // MARK: Control

        private mutating func readControl(_ input: inout ByteBuffer, count: Int, now: NIODeadline) -> FrameAction? {
            var payload = self.reader.readUnmasked(&input, count: count)
            if let partial, partial.value.control.readableBytes > 0 {
                var all = partial.value.control
                all.writeBuffer(&payload)
                payload = all
                self.partial?.value.control = ByteBuffer()
                self.dropEmptyPartial()
            }
            guard self.reader.isAtHeader else {
                self.makePartial()
                self.partial?.value.control = payload
                return nil
            }
            switch self.opcode {
            case .ping: return .sendPong(payload)
            case .connectionClose: return self.receiveClose(payload, now: now)
            default: return nil
            }
        }

        private mutating func receiveClose(_ payload: ByteBuffer, now: NIODeadline) -> FrameAction {
            let closure = Self.closure(in: payload)
            self.received = closure.map { Boxed($0) }
            // Nothing follows a close frame.
            self.isDeaf = true
            guard self.isOpen else {
                // The answer to this end's.
                self.state = .closed
                return .closeChannel
            }
            self.endsWhenAnswered = true
            self.startClosing(now: now)
            // Both have said it: nobody waits for an answer, and a server ends the TCP connection first (section 7.1.1).
            guard let closure else { return .sendClose(.protocolError, reason: "invalid close frame", thenClose: true) }
            return .sendClose(closure.code == .noStatusReceived ? nil : closure.code, reason: "", thenClose: true)
        }

        private static func closure(in payload: ByteBuffer) -> WebSocketClosure? {
            var payload = payload
            if payload.readableBytes == 0 { return WebSocketClosure(code: .noStatusReceived, reason: "") }
            guard let code = payload.readInteger(as: UInt16.self).map(WebSocketCloseCode.init(rawValue:)), code.mayBeSent,
                let reason = String(validating: payload.readableBytesView, as: UTF8.self)
            else { return nil }
            return WebSocketClosure(code: code, reason: reason)
        }

        private mutating func fail(_ code: WebSocketCloseCode, _ reason: String, now: NIODeadline) -> FrameAction {
            self.startFailing(now: now)
            return .sendClose(code, reason: reason, thenClose: false)
        }

        private mutating func startFailing(now: NIODeadline) {
            self.startClosing(now: now)
            // The frame that is too long is still under way, and to pass over it costs little.
            self.bytesToReadOn = Self.bytesReadAfterFailure + self.reader.payload(available: Self.bytesReadWhileClosing)
            self.framesToReadOn = Self.framesReadAfterFailure
        }

        private mutating func startClosing(now: NIODeadline) {
            self.state = .closing(deadline: now + self.settings.closeTimeout)
            // What has come of a header or of a close frame is still needed, to find the peer's answer.
            self.partial?.value.forgetMessage(isInCloseFrame: self.opcode == .connectionClose)
            self.dropEmptyPartial()
        }

        /// Counts what has come since a close frame was sent. Past the bound nothing is read any more, and what comes all the same is not
        /// looked at.
        mutating func countWhileClosing(_ byteCount: Int) {
            if !self.isOpen { self.bytesToReadOn -= byteCount }
        }

        /// Whether to read nothing more from the peer.
        var hasReadEnough: Bool { self.bytesToReadOn <= 0 }

        /// Nothing more is read, and all that was sent has left: the connection ends soon.
        mutating func linger(now: NIODeadline) {
            guard case .closing(let deadline) = self.state else { return }
            self.state = .closing(deadline: min(deadline, now + Self.lingerTime))
        }

        // MARK: This end

        /// - Returns: whether a message may be sent.
        mutating func sendMessage(now: NIODeadline) -> Bool {
            guard self.isOpen else { return false }
            self.lastMessage = now
            return true
        }

        /// - Returns: whether a close frame is to be sent.
        mutating func close(now: NIODeadline) -> Bool {
            guard self.isOpen else { return false }
            self.startClosing(now: now)
            return true
        }

        /// The peer ended the stream.
        mutating func receiveEnd() -> FrameAction? {
            switch self.state {
            case .closed: return nil
            // It has said all that it had to say, and reads on.
            case .closing where self.endsWhenAnswered: return nil
            case .open, .closing:
                self.state = .closed
                return .closeChannel
            }
        }
    }
}
