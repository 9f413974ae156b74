import AWSLambda
import ChatProtocol
import ChatService
import Testing

@testable import ChatAWS

struct AuthorizedUserTests {
    @Test func whatTheAuthorizerSaysIsWhatTheFunctionHears() {
        let user = ConnectedUser(
            sender: ChatMessage.Sender(id: "sub", name: "名前"), expiresAt: Timestamp(millisecondsSinceEpoch: 4_000_000_000_000))
        let context = APIGatewayAuthorizerContext(principalId: "sub", values: AuthorizedUser.context(user))
        #expect(AuthorizedUser.user(context) == user)
        let endless = ConnectedUser(sender: user.sender)
        #expect(AuthorizedUser.user(APIGatewayAuthorizerContext(values: AuthorizedUser.context(endless))) == endless)
    }

    @Test(arguments: [("4000000000", 4_000_000_000), (4_000_000_000, 4_000_000_000)] as [(APIGatewayContextValue, Int64)])
    func theExpiryMayBeTextOrNumber(_ value: APIGatewayContextValue, _ seconds: Int64) {
        let user = AuthorizedUser.user(LambdaEvents.authorizer(exp: value))
        #expect(user?.expiresAt == Timestamp(millisecondsSinceEpoch: seconds * 1000))
    }

    @Test(arguments: ["soon", "", true, "9223372036854775807", .number(1e300)] as [APIGatewayContextValue])
    func anExpiryThatIsNoneLetsNobodyIn(_ value: APIGatewayContextValue) {
        #expect(AuthorizedUser.user(LambdaEvents.authorizer(exp: value)) == nil)
    }

    @Test func nobodyIsNoUser() {
        #expect(AuthorizedUser.user(nil) == nil)
        #expect(AuthorizedUser.user(APIGatewayAuthorizerContext()) == nil)
        #expect(AuthorizedUser.user(APIGatewayAuthorizerContext(principalId: "", values: ["username": "alice"])) == nil)
        #expect(AuthorizedUser.user(APIGatewayAuthorizerContext(principalId: "p"))?.sender == ChatMessage.Sender(id: "p", name: "p"))
    }
}
