import HTTPTypes
import NIOCore

extension ServerHandshakeHandler {
    /// The opening handshake as a server sees it (RFC 6455 section 4.2), without I/O.
    ///
    /// A decision is asked for once the request is complete, and only if it is a proper one; whatever comes after that (a
    /// decision that is late, a connection that has gone meanwhile) finds the machine in a state that ignores it.
    struct StateMachine {
        enum Action: Equatable {
            case none
            /// Ask whether this request is welcome.
            case decide(HandshakeRequest)
            case reject(HTTPResponse.Status, HTTPFields)
            /// The client has sent more than it may before it is let in.
            case closeChannel
        }

        private enum State {
            case reading
            case deciding
            /// Answered with a refusal; what still comes is thrown away.
            case refused
            case finished
        }

        private let limits: HandshakeHead.Limits
        private let maximumEarlyBytes: Int
        private var state = State.reading
        /// What has come and is not the request's: the start of a request, then frames that were sent before the answer.
        private var received = ByteBuffer()
        private var searched = 0

        /// - Parameter maximumEarlyBytes: how much may come between the request and the answer.
        init(limits: HandshakeHead.Limits, maximumEarlyBytes: Int) {
            self.limits = limits
            self.maximumEarlyBytes = maximumEarlyBytes
        }

        mutating func receive(_ bytes: ByteBuffer) -> Action {
            switch self.state {
            case .reading:
                var bytes = bytes
                if self.received.readableBytes == 0 { self.received = bytes } else { self.received.writeBuffer(&bytes) }
                return self.read()
            case .deciding:
                var bytes = bytes
                self.received.writeBuffer(&bytes)
                return self.checkEarlyBytes()
            case .refused, .finished: return .none
            }
        }

        private mutating func read() -> Action {
            // Who speaks another protocol learns it at once, not when the time is over.
            guard self.received.readableBytesView.prefix(4).elementsEqual("GET ".utf8.prefix(self.received.readableBytes)) else {
                return self.reject(.badRequest)
            }
            switch HandshakeHead.parse(self.received, searched: self.searched, limits: self.limits) {
            case .needsMoreData:
                self.searched = self.received.readableBytes
                return .none
            case .invalid: return self.reject(.badRequest)
            case .head(let head, let byteCount):
                self.received.moveReaderIndex(forwardBy: byteCount)
                guard let request = HandshakeRequest(head) else { return self.reject(.badRequest) }
                if let (status, fields) = Self.refusal(of: request) { return self.reject(status, fields) }
                self.state = .deciding
                if case .closeChannel = self.checkEarlyBytes() { return .closeChannel }
                return .decide(request)
            }
        }

        private mutating func checkEarlyBytes() -> Action {
            guard self.received.readableBytes > self.maximumEarlyBytes else { return .none }
            self.state = .finished
            self.received = ByteBuffer()
            return .closeChannel
        }

        /// The decision has come.
        ///
        /// - Returns: what the client has sent meanwhile; nil if nobody waits for the decision any more.
        mutating func decided(accepts: Bool) -> ByteBuffer? {
            guard case .deciding = self.state else { return nil }
            self.state = accepts ? .finished : .refused
            defer { self.received = ByteBuffer() }
            return self.received
        }

        /// The connection has ended, or is to end.
        ///
        /// - Returns: whether there is anything to close.
        mutating func end() -> Bool {
            if case .finished = self.state { return false }
            self.state = .finished
            return true
        }

        private mutating func reject(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:]) -> Action {
            self.state = .refused
            self.received = ByteBuffer()
            return .reject(status, fields)
        }

        // MARK: What a request must be

        private static func refusal(of request: HandshakeRequest) -> (HTTPResponse.Status, HTTPFields)? {
            let opening = request.opening
            guard request.method == "GET", request.version == "HTTP/1.1", !opening.hasBody, opening.host != nil
            else { return (.badRequest, [:]) }
            guard opening.asksForWebSocket, opening.asksForUpgrade else { return (.upgradeRequired, [.upgrade: "websocket"]) }
            guard opening.hasVersion13 else {
                // Section 4.4: say which version would do.
                return (.upgradeRequired, [.upgrade: "websocket", .secWebSocketVersion: "13"])
            }
            return opening.key == nil ? (.badRequest, [:]) : nil
        }
    }
}
