import NIOCore

extension ProxyConnectHandler {
    /// A proxy's answer to `CONNECT` (RFC 9110 section 9.3.6).
    ///
    /// Not NIOExtras' `NIOHTTP1ProxyConnectHandler`, whose HTTP decoder reads what follows a good answer as a second one: bytes that a
    /// server sends first would be lost, or end the process.
    struct StateMachine: Sendable {
        /// Of the answer, together with provisional answers before it. Stops a proxy that sends header fields without end.
        static let maximumHeaderBytes = 16 * 1024

        enum Action: Equatable {
            case none
            /// The tunnel stands. `early` is what the server has sent through it already.
            case connect(early: ByteBuffer)
            case fail(WebSocketProxyError)
        }

        private enum State {
            case idle
            case waiting
            case finished
        }

        private var state = State.idle
        private var buffer = ByteBuffer()
        /// How far the buffer has been searched for the end of the header, so that an answer that comes in single bytes is not searched
        /// from its beginning for each of them.
        private var searched = 0
        /// Of provisional answers.
        private var skipped = 0

        /// The connection to the proxy stands.
        ///
        /// - Returns: whether to send the request. It is said twice if the handler is added to a channel that becomes active.
        mutating func start() -> Bool {
            guard case .idle = self.state else { return false }
            self.state = .waiting
            return true
        }

        mutating func receive(_ bytes: ByteBuffer) -> Action {
            guard case .waiting = self.state else { return .none }
            self.buffer.writeImmutableBuffer(bytes)
            while true {
                let view = self.buffer.readableBytesView
                guard Self.mayBeginAnswer(view) else { return self.fail(WebSocketProxyError(.invalidAnswer)) }
                let end = self.endOfHeader(in: view)
                guard self.skipped + (end ?? view.count) <= Self.maximumHeaderBytes else {
                    return self.fail(WebSocketProxyError(.headerTooLong))
                }
                guard let end else { return .none }
                guard let status = Self.status(view) else { return self.fail(WebSocketProxyError(.invalidAnswer)) }
                self.buffer.moveReaderIndex(forwardBy: end)
                self.searched = 0
                switch status {
                // Provisional (section 15.2). There is nothing to upgrade to, so 101 is not among them.
                case 100, 102...199: self.skipped += end
                case 200...299:
                    self.state = .finished
                    return .connect(early: self.buffer.slice())
                case 407: return self.fail(WebSocketProxyError(.authenticationRequired, status: status))
                default: return self.fail(WebSocketProxyError(.refused, status: status))
                }
            }
        }

        /// The time is over, or the connection has ended.
        ///
        /// - Returns: whether anybody still waits.
        mutating func end() -> Bool {
            if case .finished = self.state { return false }
            self.state = .finished
            return true
        }

        private mutating func fail(_ error: WebSocketProxyError) -> Action {
            self.state = .finished
            self.buffer = ByteBuffer()
            return .fail(error)
        }

        /// - Returns: the number of bytes up to and with the empty line; nil if that has not come.
        private mutating func endOfHeader(in view: ByteBufferView) -> Int? {
            // The first of the four bytes may be among the last three that were searched.
            var offset = max(0, self.searched - 3)
            while offset + 4 <= min(view.count, Self.maximumHeaderBytes) {
                if view[(view.startIndex + offset)...].starts(with: "\r\n\r\n".utf8) { return offset + 4 }
                offset += 1
            }
            self.searched = view.count
            return nil
        }

        /// Finds out at once that something else than a proxy answers, rather than when the time is over.
        private static func mayBeginAnswer(_ view: ByteBufferView) -> Bool {
            zip(view, "HTTP/1.".utf8).allSatisfy { $0 == $1 }
        }

        /// `HTTP/1.x`, a space, three digits, and a space or the end of the line (RFC 9112 section 4). Most proxies still say 1.0.
        private static func status(_ view: ByteBufferView) -> Int? {
            let line = Array(view.prefix(13))
            let space = UInt8(ascii: " ")
            guard line.count == 13, line[7] == UInt8(ascii: "0") || line[7] == UInt8(ascii: "1"), line[8] == space,
                line[12] == space || line[12] == UInt8(ascii: "\r"), let status = Int(decimal: line[9..<12]), status >= 100
            else { return nil }
            return status
        }
    }
}
