import ChatProtocol
import NIOCore
import NIOWebSocket

extension WebSocketHandler {
    /// The rules of one connection after the handshake (RFC 6455 sections 5 to 7), without I/O: frames and times go in, what to do
    /// comes out.
    ///
    /// Once a close frame was sent nothing more is delivered and nothing more is sent; the connection then ends when the peer
    /// answers, when it ends the stream, or when it takes too long. Input goes on being read meanwhile: to close a socket that has
    /// unread input resets it, and the peer would never see why.
    struct StateMachine {
        enum Role {
            case client, server
        }

        private enum State {
            case open
            /// A close frame was sent; the peer has until then to answer, or to read it if it sent one first.
            case closing(deadline: NIODeadline)
            case closed
        }

        enum FrameAction: Equatable {
            case none
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

        private let configuration: WebSocketConfiguration
        private let role: Role
        private var state = State.open
        private let openedAt: NIODeadline
        /// When anything last came from the peer.
        private var lastInbound: NIODeadline
        /// When a message last went either way.
        private var lastMessage: NIODeadline
        /// A ping that nothing has come after yet.
        private var pingSentAt: NIODeadline?
        private var fragments: (kind: WebSocketMessage.Kind, bytes: ByteBuffer)?
        private var received: WebSocketClosure?

        init(configuration: WebSocketConfiguration, role: Role, now: NIODeadline) {
            self.configuration = configuration
            self.role = role
            self.openedAt = now
            self.lastInbound = now
            self.lastMessage = now
        }

        var isOpen: Bool {
            if case .open = self.state { true } else { false }
        }

        /// How the connection ended, as far as the peer told.
        var closure: WebSocketClosure {
            self.received ?? WebSocketClosure(code: .abnormalClosure, reason: "")
        }

        // MARK: Frames

        mutating func receive(_ frame: WebSocketFrame, now: NIODeadline) -> FrameAction {
            self.lastInbound = now
            self.pingSentAt = nil
            switch self.state {
            case .open: break
            case .closing:
                // Only the answer to the close frame is of interest; a peer that began has none to give.
                guard frame.opcode == .connectionClose, self.received == nil else { return .none }
                self.received = Self.closure(in: frame.unmaskedData)
                self.state = .closed
                return .closeChannel
            case .closed: return .none
            }

            // A client masks every frame, a server none (section 5.1). No extension is negotiated that uses the reserved bits.
            guard (frame.maskKey != nil) == (self.role == .server), !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
                return self.fail(.protocolError, "invalid frame header", now: now)
            }
            switch frame.opcode {
            case .text: return self.receiveData(frame, kind: .text, now: now)
            case .binary: return self.receiveData(frame, kind: .binary, now: now)
            case .continuation: return self.receiveContinuation(frame, now: now)
            case .ping: return .sendPong(frame.unmaskedData)
            case .pong: return .none
            case .connectionClose: return self.receiveClose(frame.unmaskedData, now: now)
            default: return self.fail(.protocolError, "unknown opcode", now: now)
            }
        }

        /// The decoder gave up: nothing that follows can be read as frames.
        mutating func receiveUnreadable(isTooLong: Bool, now: NIODeadline) -> FrameAction {
            guard self.isOpen else { return .none }
            return isTooLong ? self.fail(.messageTooBig, "frame too long", now: now) : self.fail(.protocolError, "invalid frame", now: now)
        }

        /// The peer ended the stream.
        mutating func receiveEnd() -> FrameAction {
            if case .closed = self.state { return .none }
            self.state = .closed
            return .closeChannel
        }

        private mutating func receiveData(_ frame: WebSocketFrame, kind: WebSocketMessage.Kind, now: NIODeadline) -> FrameAction {
            guard self.fragments == nil else { return self.fail(.protocolError, "a message began inside of another", now: now) }
            guard frame.length <= self.configuration.maximumMessageBytes else {
                return self.fail(.messageTooBig, "message too long", now: now)
            }
            guard frame.fin else {
                self.fragments = (kind, frame.unmaskedData)
                return .none
            }
            return self.complete(kind, frame.unmaskedData, now: now)
        }

        private mutating func receiveContinuation(_ frame: WebSocketFrame, now: NIODeadline) -> FrameAction {
            guard var fragments = self.fragments else {
                return self.fail(.protocolError, "a continuation of nothing", now: now)
            }
            self.fragments = nil  // Held once, so that appending does not copy what is there.
            guard fragments.bytes.readableBytes + frame.length <= self.configuration.maximumMessageBytes else {
                return self.fail(.messageTooBig, "message too long", now: now)
            }
            fragments.bytes.writeImmutableBuffer(frame.unmaskedData)
            guard frame.fin else {
                self.fragments = fragments
                return .none
            }
            return self.complete(fragments.kind, fragments.bytes, now: now)
        }

        private mutating func complete(_ kind: WebSocketMessage.Kind, _ bytes: ByteBuffer, now: NIODeadline) -> FrameAction {
            if kind == .text, !UTF8Validation.isValid(bytes.readableBytesView) {
                return self.fail(.invalidPayload, "text is not UTF-8", now: now)
            }
            self.lastMessage = now
            return .deliver(WebSocketMessage(kind, bytes))
        }

        private mutating func receiveClose(_ payload: ByteBuffer, now: NIODeadline) -> FrameAction {
            guard let closure = Self.closure(in: payload) else {
                return self.fail(.protocolError, "invalid close frame", now: now)
            }
            self.received = closure
            self.state = .closing(deadline: now + TimeAmount(self.configuration.closeTimeout))
            self.fragments = nil
            // Both have said it: a server ends the TCP connection first, so that it does not keep TIME_WAIT (section 7.1.1).
            return .sendClose(closure.code == .noStatusReceived ? nil : closure.code, reason: "", thenClose: true)
        }

        private mutating func fail(_ code: WebSocketCloseCode, _ reason: String, now: NIODeadline) -> FrameAction {
            self.state = .closing(deadline: now + TimeAmount(self.configuration.closeTimeout))
            self.fragments = nil
            return .sendClose(code, reason: reason, thenClose: false)
        }

        private static func closure(in payload: ByteBuffer) -> WebSocketClosure? {
            var payload = payload
            if payload.readableBytes == 0 { return WebSocketClosure(code: .noStatusReceived, reason: "") }
            guard let code = payload.readInteger(as: UInt16.self).map(WebSocketCloseCode.init(rawValue:)), code.mayBeSent,
                let reason = String(validating: payload.readableBytesView, as: UTF8.self)
            else { return nil }
            return WebSocketClosure(code: code, reason: reason)
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
            self.state = .closing(deadline: now + TimeAmount(self.configuration.closeTimeout))
            self.fragments = nil
            return true
        }

        // MARK: Time

        /// When ``timerFired(now:)`` is next of use.
        var deadline: NIODeadline? {
            switch self.state {
            case .closed: return nil
            case .closing(let deadline): return deadline
            case .open: break
            }
            var earliest: NIODeadline?
            func consider(_ deadline: NIODeadline?) {
                guard let deadline else { return }
                earliest = earliest.map { min($0, deadline) } ?? deadline
            }
            consider(self.configuration.maximumLifetime.map { self.openedAt + TimeAmount($0) })
            consider(self.configuration.idleTimeout.map { self.lastMessage + TimeAmount($0) })
            if let pingSentAt {
                consider(pingSentAt + TimeAmount(self.configuration.pongTimeout))
            } else {
                consider(self.configuration.pingInterval.map { self.lastInbound + TimeAmount($0) })
            }
            return earliest
        }

        /// - Parameter isListening: false while nothing is read from the peer, because whoever has its messages wants no more yet.
        mutating func timerFired(now: NIODeadline, isListening: Bool = true) -> TimerAction {
            switch self.state {
            case .closed: return .wait
            case .closing(let deadline):
                guard now >= deadline else { return .wait }
                self.state = .closed
                return .closeChannel
            case .open: break
            }
            if !isListening {
                // Its answer may lie in the socket: a peer that is not listened to cannot be too silent.
                self.lastInbound = now
                self.pingSentAt = nil
            }
            if let pingSentAt, now >= pingSentAt + TimeAmount(self.configuration.pongTimeout) {
                self.state = .closed
                return .closeChannel
            }
            let isTooOld = self.configuration.maximumLifetime.map { now >= self.openedAt + TimeAmount($0) } ?? false
            let isIdle = self.configuration.idleTimeout.map { now >= self.lastMessage + TimeAmount($0) } ?? false
            if isTooOld || isIdle {
                _ = self.close(now: now)
                return .sendClose(.goingAway, reason: "Going away")
            }
            if self.pingSentAt == nil, let interval = self.configuration.pingInterval, now >= self.lastInbound + TimeAmount(interval) {
                self.pingSentAt = now
                return .sendPing
            }
            return .wait
        }
    }
}
