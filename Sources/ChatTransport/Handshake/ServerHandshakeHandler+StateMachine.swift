import NIOHTTP1

extension ServerHandshakeHandler {
    /// The opening handshake as a server sees it (RFC 6455 section 4.2), without I/O.
    ///
    /// A decision is asked for once the request is complete, and only if it is a proper one; whatever comes after that (a
    /// decision that is late, a connection that has gone meanwhile) finds the machine in a state that ignores it.
    struct StateMachine {
        enum Action: Equatable {
            case none
            /// Ask whether this request is welcome.
            case decide(HTTPRequestHead)
            case reject(HTTPResponseStatus, headers: HTTPHeaders)
        }

        private enum State {
            case waitingForHead
            case waitingForEnd(HTTPRequestHead)
            case deciding
            case finished
        }

        private var state = State.waitingForHead

        mutating func receive(_ part: HTTPServerRequestPart) -> Action {
            switch (self.state, part) {
            case (.waitingForHead, .head(let head)):
                self.state = .waitingForEnd(head)
                return .none
            case (.waitingForEnd, .body):
                return self.reject(.badRequest)
            case (.waitingForEnd(let head), .end):
                return self.check(head)
            case (.waitingForHead, _), (.waitingForEnd, .head), (.deciding, _):
                // One request a connection: nothing may follow before the answer.
                return self.reject(.badRequest)
            case (.finished, _):
                return .none
            }
        }

        /// The bytes are not HTTP, or a header is too long.
        mutating func receiveUnreadable() -> Action {
            if case .finished = self.state { return .none }
            return self.reject(.badRequest)
        }

        /// The decision has come.
        ///
        /// - Returns: whether anybody still waits for it.
        mutating func decided() -> Bool {
            guard case .deciding = self.state else { return false }
            self.state = .finished
            return true
        }

        /// The connection has ended, or is to end.
        ///
        /// - Returns: whether the handshake was still under way.
        mutating func end() -> Bool {
            if case .finished = self.state { return false }
            self.state = .finished
            return true
        }

        private mutating func check(_ head: HTTPRequestHead) -> Action {
            guard head.method == .GET, head.version == .http1_1 else {
                return self.reject(.badRequest)
            }
            guard Self.contains("websocket", in: head.headers[canonicalForm: "Upgrade"]),
                Self.contains("upgrade", in: head.headers[canonicalForm: "Connection"])
            else {
                return self.reject(.upgradeRequired, headers: ["Upgrade": "websocket"])
            }
            guard head.headers["Sec-WebSocket-Version"] == ["13"] else {
                // Section 4.4: say which version would do.
                return self.reject(.upgradeRequired, headers: ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"])
            }
            let keys = head.headers["Sec-WebSocket-Key"]
            guard keys.count == 1, Self.isKey(keys[0]), head.headers["Host"].count == 1 else { return self.reject(.badRequest) }
            self.state = .deciding
            return .decide(head)
        }

        private mutating func reject(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:]) -> Action {
            self.state = .finished
            return .reject(status, headers: headers)
        }

        private static func contains(_ token: String, in values: [Substring]) -> Bool {
            values.contains { $0.lowercased() == token }
        }

        /// Sixteen bytes in Base64: 22 characters and the padding.
        private static func isKey(_ key: String) -> Bool {
            let utf8 = Array(key.utf8)
            guard utf8.count == 24, utf8[22] == UInt8(ascii: "="), utf8[23] == UInt8(ascii: "=") else { return false }
            return utf8[..<22].allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
        }
    }
}
