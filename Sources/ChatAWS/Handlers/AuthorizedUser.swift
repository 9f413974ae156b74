import AWSLambda
import ChatProtocol
import ChatService

/// Who is connecting, as the authorizer tells the function at `$connect`.
///
/// All values are strings: whether API Gateway keeps the types of others is not documented.
enum AuthorizedUser {
    static let subject = "sub"
    static let username = "username"
    /// When the token expires, in seconds since 1970.
    static let expiry = "exp"

    static func context(_ user: ConnectedUser) -> [String: APIGatewayContextValue] {
        var context: [String: APIGatewayContextValue] = [Self.subject: .string(user.sender.id), Self.username: .string(user.sender.name)]
        if let expiresAt = user.expiresAt { context[Self.expiry] = .string(String(expiresAt.millisecondsSinceEpoch / 1000)) }
        return context
    }

    /// - Returns: nil if there was no authorizer, or another one.
    static func user(_ context: APIGatewayAuthorizerContext?) -> ConnectedUser? {
        guard let context, let subject = context[Self.subject]?.string ?? context.principalId, !subject.isEmpty else { return nil }
        let seconds: Int64? =
            switch context[Self.expiry] {
            case .string(let text): Int64(text)
            case .number(let number): Int64(exactly: number.rounded(.down))
            case .bool, nil: nil
            }
        let milliseconds = seconds.flatMap { seconds -> Int64? in
            let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
            return overflow ? nil : product
        }
        // A token that expires never is none of a user pool's.
        guard context[Self.expiry] == nil || milliseconds != nil else { return nil }
        return ConnectedUser(
            sender: ChatMessage.Sender(id: subject, name: context[Self.username]?.string ?? subject),
            expiresAt: milliseconds.map { Timestamp(millisecondsSinceEpoch: $0) })
    }
}
