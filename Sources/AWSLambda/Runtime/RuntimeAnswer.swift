import NIOHTTP1

/// What the Runtime API answered to one call.
struct RuntimeAnswer: Sendable, Equatable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
}

/// Why a call got no answer.
enum RuntimeCallFailure: Error, Sendable {
    /// The connection could not be had, or ended before the answer was there.
    /// - `wasReused`: it had carried calls before, so that the Runtime API may have closed it while nobody looked.
    case disconnected(reason: String, wasReused: Bool)
    /// What came was no HTTP/1.1 answer.
    case malformed(reason: String)
    /// The answer's body is longer than it may be. The head is there, and tells which invocation it was.
    case tooLarge(RuntimeAnswer)
}

/// An invocation, as `next` hands it out.
struct Invocation: Sendable, Equatable {
    let requestId: String
    let invokedFunctionARN: String
    let deadline: Int64
    let traceId: String?
    let clientContext: String?
    let cognitoIdentity: String?
    let tenantId: String?
    let event: [UInt8]

    /// `nil`, if the answer has no usable request id or deadline. An id becomes part of a path, so it must be made of what a
    /// path takes as it is.
    init?(_ answer: RuntimeAnswer) {
        func header(_ name: String) -> String? { answer.headers.first(name: name).flatMap { $0.isEmpty ? nil : $0 } }
        guard let requestId = header("Lambda-Runtime-Aws-Request-Id"), Self.isUsable(requestId) else { return nil }
        guard let deadline = header("Lambda-Runtime-Deadline-Ms").flatMap({ Int64($0) }), deadline >= 0 else { return nil }
        self.requestId = requestId
        self.deadline = deadline
        self.invokedFunctionARN = header("Lambda-Runtime-Invoked-Function-Arn") ?? ""
        self.traceId = header("Lambda-Runtime-Trace-Id")
        self.clientContext = header("Lambda-Runtime-Client-Context")
        self.cognitoIdentity = header("Lambda-Runtime-Cognito-Identity")
        self.tenantId = header("Lambda-Runtime-Aws-Tenant-Id")
        self.event = answer.body
    }

    private static func isUsable(_ requestId: String) -> Bool {
        requestId.utf8.count <= 128
            && requestId.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "."), UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }
}
