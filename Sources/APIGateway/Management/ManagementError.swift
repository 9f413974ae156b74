import AWSClient
import ChatProtocol
import ChatStore
import HTTPTypes

/// What a call of `@connections` is refused with. boto3 makes its typed exceptions from the name in `x-amzn-ErrorType`, and reads the
/// message from the body.
struct ManagementError: Error, Sendable, Equatable {
    var status: HTTPResponse.Status
    /// As the service's model has it.
    var name: String
    var message: String

    static func badRequest(_ message: String) -> Self { Self(status: .badRequest, name: "BadRequestException", message: message) }
    static func forbidden(_ message: String) -> Self { Self(status: .forbidden, name: "ForbiddenException", message: message) }

    static let gone = Self(status: .gone, name: "GoneException", message: "Gone")
    static let payloadTooLarge = Self(status: .contentTooLarge, name: "PayloadTooLargeException", message: "Message too long")
    static let bufferFull = Self(
        status: .tooManyRequests, name: "LimitExceededException", message: "The client's buffer is full")
    static let limitExceeded = Self(status: .tooManyRequests, name: "LimitExceededException", message: "Too Many Requests")

    /// The status that AWS gives this is not known.
    static func noRoute(path: String, method: String) -> Self {
        Self(
            status: .notFound, name: "NotFoundException",
            message: "No method found matching route \(path) for http method \(method)")
    }

    init(status: HTTPResponse.Status, name: String, message: String) {
        self.status = status
        self.name = name
        self.message = message
    }

    /// What a caller is told whose signature was not accepted: AWS's texts, which say no more than that.
    ///
    /// - Parameters:
    ///   - signedAt: `X-Amz-Date` of the request.
    ///   - skew: how far the clocks may be apart.
    init(_ error: SigV4Error, signedAt: String, now: Timestamp, skew: Duration) {
        let window = "\(skew.components.seconds / 60) min."
        switch error.code {
        case .missingToken: self = .forbidden("Missing Authentication Token")
        case .unknownKey: self = .forbidden("The security token included in the request is invalid.")
        case .expired:
            let earliest = Timestamp(millisecondsSinceEpoch: now.millisecondsSinceEpoch - skew.components.seconds * 1000)
            self = .forbidden(
                "Signature expired: \(signedAt) is now earlier than \(Self.basic(earliest)) (\(Self.basic(now)) - \(window))")
        case .notYetValid:
            self = .forbidden(
                "Signature not yet current: \(signedAt) is still later than \(Self.basic(now + skew)) (\(Self.basic(now)) + \(window))")
        case .mismatch:
            self = .forbidden(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
                    + "signing method. Consult the service documentation for details.")
        default: self = .forbidden(error.message)
        }
    }

    /// `YYYYMMDDTHHMMSSZ`.
    private static func basic(_ time: Timestamp) -> String {
        let digits = time.description.utf8.prefix(19).filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        return String(decoding: digits, as: UTF8.self) + "Z"
    }

    var response: AWSHTTPResponse {
        var body = JSONObjectWriter()
        body.member("message", self.message)
        return AWSHTTPResponse(
            status: self.status, headers: [.amznErrorType: self.name, .contentType: "application/json"], body: body.finished)
    }
}

extension HTTPField.Name {
    static let amznErrorType = Self("x-amzn-ErrorType")!
    static let amzDate = Self("X-Amz-Date")!
}
