import ChatProtocol
package import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AWSError {
    /// Reads the error from an answer, by the AWS JSON protocols 1.0 and 1.1 and REST JSON: the name from `x-amzn-ErrorType`, or `__type`
    /// or `code` in the body, the words from `message` or `Message`. An answer that has neither is `unnamed`.
    package init(_ response: AWSHTTPResponse) {
        let details = response.body.count <= Self.longestReadBody ? try? JSONDecoder().decode(Details.self, from: Data(response.body)) : nil
        let name = (response.headers[.amznErrorType] ?? details?.type ?? details?.code).flatMap(Self.bareName)
        self.init(
            name.map(Code.init) ?? .unnamed, details?.message ?? "the service answered with status \(response.status.code)",
            status: response.status, requestId: response.headers[.amznRequestId].map { String($0.prefix(128)) }, body: response.body)
        self.serverTime = response.headers[.date].flatMap(HTTPDate.timestamp)
        self.retryAfter = response.headers[.amzRetryAfter].flatMap { UInt32($0) }.map { .milliseconds(Int64($0)) }
    }

    /// A longer body is no error's: parsing it would only cost time.
    private static let longestReadBody = 1 << 20

    /// `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException` and `GoneException:http://…` without what is around the name.
    private static func bareName(_ text: String) -> String? {
        let withoutURL = text.prefix { $0 != ":" }
        let name = withoutURL.split(separator: "#").last.map(String.init) ?? ""
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ URIEncoding.isUnreserved($0) }) else { return nil }
        return name
    }

    private struct Details: Decodable {
        var type: String?
        var code: String?
        var message: String?

        private enum CodingKeys: String, CodingKey {
            case type = "__type"
            case code, message
            case capitalMessage = "Message"
        }

        /// What is of another type than text counts as absent.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func text(_ key: CodingKeys) -> String? { (try? container.decodeIfPresent(String.self, forKey: key)) ?? nil }
            self.type = text(.type)
            self.code = text(.code)
            self.message = text(.message) ?? text(.capitalMessage)
        }
    }
}

extension HTTPField.Name {
    package static let amznErrorType = Self("x-amzn-ErrorType")!
    package static let amznRequestId = Self("x-amzn-RequestId")!
    static let amzRetryAfter = Self("x-amz-retry-after")!
}
