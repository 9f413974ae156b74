import ChatProtocol
import HTTPTypes
import NIOCore

extension ClientHandshakeHandler {
    /// The server's answer to the opening handshake (RFC 6455 section 4.1), without I/O.
    struct StateMachine {
        /// Of an answer's head, together with provisional answers before it: nobody can send those for ever.
        static let limits = HandshakeHead.Limits(bytes: 16 * 1024, fields: 100)

        enum Action {
            case none
            /// The server agrees. `early` is what it has sent behind its answer.
            case upgrade(subprotocol: String?, compression: PerMessageDeflateParameters?, early: ByteBuffer)
            case fail(WebSocketError)
        }

        private enum State {
            case waiting
            case finished
        }

        private let key: String
        private let subprotocols: [String]
        private let compression: WebSocketCompression?
        private var state = State.waiting
        private var received = ByteBuffer()
        private var searched = 0
        /// Bytes of answers so far.
        private var answeredBytes = 0

        /// What was asked for.
        ///
        /// - Parameters:
        ///   - key: `Sec-WebSocket-Key`.
        ///   - compression: nil if none was offered.
        init(key: String, subprotocols: [String], compression: WebSocketCompression?) {
            self.key = key
            self.subprotocols = subprotocols
            self.compression = compression
        }

        mutating func receive(_ bytes: ByteBuffer) -> Action {
            guard case .waiting = self.state else { return .none }
            self.received.writeImmutableBuffer(bytes)
            do throws(WebSocketError) {
                while let (head, status) = try self.nextHead() {
                    // Provisional answers say nothing of a handshake (RFC 9110 section 15.2).
                    guard status == 101 || status >= 200 else { continue }
                    let (subprotocol, compression) = try self.check(head, status: status)
                    return self.finish(.upgrade(subprotocol: subprotocol, compression: compression, early: self.received))
                }
                return .none
            } catch {
                return self.finish(.fail(error))
            }
        }

        private mutating func finish(_ action: Action) -> Action {
            self.state = .finished
            self.received = ByteBuffer()
            return action
        }

        private mutating func nextHead() throws(WebSocketError) -> (HandshakeHead, status: Int)? {
            // Who speaks another protocol may never send an empty line.
            guard self.received.readableBytesView.prefix(7).elementsEqual("HTTP/1.".utf8.prefix(self.received.readableBytes)) else {
                throw Self.notHTTP
            }
            let limits = HandshakeHead.Limits(bytes: Self.limits.bytes - self.answeredBytes, fields: Self.limits.fields)
            switch HandshakeHead.parse(self.received, searched: self.searched, limits: limits) {
            case .needsMoreData:
                self.searched = self.received.readableBytes
                return nil
            case .invalid: throw Self.notHTTP
            case .head(let head, let byteCount):
                guard let status = Self.status(head.startLine) else { throw Self.notHTTP }
                self.received.moveReaderIndex(forwardBy: byteCount)
                self.searched = 0
                self.answeredBytes += byteCount
                return (head, status)
            }
        }

        /// `HTTP/1.x`, a space, three digits, and a space or the end of the line (RFC 9112 section 4). Only 1.1 has upgrades.
        private static func status(_ line: String) -> Int? {
            let parts = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count >= 2, parts[1].count == 3, let status = Int(decimal: parts[1]), (100...599).contains(status) else {
                return nil
            }
            let (isNew, isOld) = (parts[0].elementsEqual("HTTP/1.1".utf8), parts[0].elementsEqual("HTTP/1.0".utf8))
            return isNew || isOld && status != 101 ? status : nil
        }

        private func check(_ head: HandshakeHead, status: Int) throws(WebSocketError) -> (String?, PerMessageDeflateParameters?) {
            guard status == 101 else {
                // A refusal need not be read to its end, which may be far.
                throw WebSocketError(.handshakeRejected, "The server answered with status \(status).", status: status)
            }
            let fields = head.makeFields()
            let selected = fields[values: .secWebSocketProtocol]
            guard fields.hasToken("websocket", in: .upgrade), fields.hasToken("upgrade", in: .connection),
                fields[values: .secWebSocketAccept] == [HandshakeResponse.acceptValue(key: self.key)],
                selected.count <= 1, selected.allSatisfy(self.subprotocols.contains)
            else { throw WebSocketError(.invalidHandshake, "The server's answer is not a WebSocket server's.") }
            return (selected.first, try self.accept(extensions: fields[values: .secWebSocketExtensions]))
        }

        private func accept(extensions: [String]) throws(WebSocketError) -> PerMessageDeflateParameters? {
            let invalid = WebSocketError(.invalidHandshake, "The server selected an extension that was not offered.")
            guard let compression else {
                guard extensions.isEmpty else { throw invalid }
                return nil
            }
            do {
                return try PerMessageDeflateParameters.accept(response: extensions, offered: compression)
            } catch {
                throw invalid
            }
        }

        private static var notHTTP: WebSocketError { WebSocketError(.invalidHandshake, "The server's answer is not HTTP/1.1.") }
    }
}
