import NIOHTTP1

/// One call of the Runtime API, version 2018-06-01.
struct RuntimeCall: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Waits for an event, for as long as it takes.
        case next
        /// The invocation's answer.
        case response
        /// The invocation's failure.
        case error
        /// The process cannot take any invocation.
        case initError
    }

    let kind: Kind
    let path: String
    let body: [UInt8]
    /// Repeated in a header beside the body.
    let errorType: String?

    private init(_ kind: Kind, path: String, body: [UInt8] = [], errorType: String? = nil) {
        self.kind = kind
        self.path = "/2018-06-01/runtime/" + path
        self.body = body
        self.errorType = errorType
    }

    static let next = Self(.next, path: "invocation/next")

    static func response(_ requestId: String, _ body: [UInt8]) -> Self {
        Self(.response, path: "invocation/\(requestId)/response", body: body)
    }

    static func error(_ requestId: String, _ failure: LambdaFunctionError) -> Self {
        Self(.error, path: "invocation/\(requestId)/error", body: failure.json, errorType: failure.headerValue)
    }

    static func initError(_ failure: LambdaFunctionError) -> Self {
        Self(.initError, path: "init/error", body: failure.json, errorType: failure.headerValue)
    }

    func head(host: String) -> HTTPRequestHead {
        var headers = HTTPHeaders([("Host", host), ("User-Agent", "swift-chat-lambda")])
        if self.kind != .next {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: String(self.body.count))
        }
        if let errorType { headers.add(name: "Lambda-Runtime-Function-Error-Type", value: errorType) }
        return HTTPRequestHead(version: .http1_1, method: self.kind == .next ? .GET : .POST, uri: self.path, headers: headers)
    }
}

extension LambdaFunctionError {
    /// What is reported for an error that a handler threw.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as LambdaFunctionError: error
            case is CancellationError: Self(type: "Runtime.Cancelled", message: "the invocation was cancelled before its deadline")
            default: Self(type: String(describing: Swift.type(of: error)), message: String(describing: error))
            }
    }

    /// The body of an error report.
    var json: [UInt8] {
        var text = JSONText()
        text.object {
            $0.member("errorMessage", String(self.message.prefix(bytes: 16_384)))
            $0.member("errorType", String(self.type.prefix(bytes: 256)))
            $0.name("stackTrace")
            $0.array { _ in }
        }
        return text.bytes
    }

    /// The type as a header may have it: what is no visible ASCII character becomes `_`.
    var headerValue: String {
        String(decoding: self.type.utf8.prefix(256).map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }
}
