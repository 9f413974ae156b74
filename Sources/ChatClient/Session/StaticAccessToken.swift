/// One token that is never replaced: for tests and short programs.
public struct StaticAccessToken: AccessTokenSource {
    private let token: String

    public init(_ token: String) {
        self.token = token
    }

    public func accessToken() async throws -> String { self.token }
    public func discardAccessToken() async {}
}
