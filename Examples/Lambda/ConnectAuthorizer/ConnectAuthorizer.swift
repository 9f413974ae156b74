import AWSLambda
import ChatAWS

/// The `REQUEST` authorizer of `$connect`: lets in whoever has a good access token of the user pool.
@main
enum ConnectAuthorizer {
    static func main() async {
        await LambdaRuntime.main { try ConnectAuthorizerLambda(ChatLambdaEnvironment($0)) }
    }
}
