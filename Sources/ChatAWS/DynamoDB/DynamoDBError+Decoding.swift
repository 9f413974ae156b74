import FoundationEssentials

extension DynamoDBError {
    private struct Body: Decodable {
        struct Reason: Decodable {
            var Code: String?
            var Item: AttributeMap?
        }

        var __type: String?
        var message: String?
        var Message: String?
        var CancellationReasons: [Reason]?
        var Item: AttributeMap?
    }

    /// The error that an answer other than 2xx tells of. The type comes with a namespace before `#`; the message's name varies.
    init(status: Int, body: [UInt8]) {
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(body)), let type = body.__type,
            let name = type.split(separator: "#").last
        else {
            self.init(status >= 500 ? .internalServerError : .noAnswer, "The answer has status \(status) and no type.", status: status)
            return
        }
        self.init(Code(rawValue: String(name)), body.message ?? body.Message ?? "", status: status)
        self.reasons = (body.CancellationReasons ?? []).map { CancellationReason(code: $0.Code ?? "None", item: $0.Item) }
        self.item = body.Item
    }
}
