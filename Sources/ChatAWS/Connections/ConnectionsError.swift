/// Why `@connections` did not do what it was asked.
public struct ConnectionsError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller acts upon.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case gone, payloadTooLarge, limitExceeded, forbidden, badRequest, unavailable
        }

        private let value: Value

        /// 410: there is no such connection any more.
        public static let gone = Self(value: .gone)
        /// 413: API Gateway carries 128 KiB.
        public static let payloadTooLarge = Self(value: .payloadTooLarge)
        /// 429: more than the account may, or the client does not read what it is sent. It was tried several times.
        public static let limitExceeded = Self(value: .limitExceeded)
        /// 403: the credentials may not do this, or there is no such API or stage.
        public static let forbidden = Self(value: .forbidden)
        /// 400: the id is none that API Gateway makes, say.
        public static let badRequest = Self(value: .badRequest)
        /// No answer, or one that says that API Gateway failed. It was tried several times.
        public static let unavailable = Self(value: .unavailable)

        public var description: String { self.value.rawValue }
    }

    public var code: Code
    public var message: String
    /// The status of the answer, nil if there was none.
    public var status: Int?
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, status: Int? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.underlying = underlying
    }

    /// One word, from a closed list: fit for a metric's label.
    public var shortDescription: String { self.code.description }
    public var description: String { "\(self.code): \(self.message)" }

    /// The code is the status's. The header `x-amzn-ErrorType` need not be there: API Gateway's 410 has come without a body, too.
    static func code(status: Int) -> Code {
        switch status {
        case 410: .gone
        case 413: .payloadTooLarge
        case 429: .limitExceeded
        case 401, 403: .forbidden
        case 400..<500: .badRequest
        default: .unavailable
        }
    }
}
