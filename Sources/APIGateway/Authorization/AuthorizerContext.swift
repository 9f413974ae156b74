/// What an authorizer said of whom it let in: repeated on every event of the connection, and in access logs.
struct AuthorizerContext: Sendable, Equatable {
    /// `requestContext.authorizer`, encoded.
    let json: [UInt8]
    let principalId: String
    /// The context's values as text, by name.
    let values: [String: String]

    /// - Parameters:
    ///   - context: texts, numbers and truth values; anything else was refused before.
    ///   - latency: how long the authorizer took, in milliseconds.
    init(principalId: String, context: [String: JSONValue], latency: Int64) {
        var writer = JSONObjectWriter()
        writer.member("principalId", principalId)
        writer.member("integrationLatency", latency)
        var values: [String: String] = [:]
        for (name, value) in context.sorted(by: { $0.key < $1.key }) where name != "principalId" && name != "integrationLatency" {
            switch value {
            case .string(let text):
                writer.member(name, text)
                values[name] = text
            case .number(let number):
                writer.member(name, json: Array(number.utf8))
                values[name] = number
            case .bool(let flag):
                writer.member(name, flag)
                values[name] = String(flag)
            case .null, .array, .object: break
            }
        }
        self.json = writer.finished
        self.principalId = principalId
        self.values = values
    }
}
