import AWSLambda
import ChatAWS

/// The function behind `$disconnect`: forgets the connection.
@main
enum DisconnectHandler {
    static func main() async {
        await LambdaRuntime.main { try DisconnectLambda(ChatLambdaEnvironment($0)) }
    }
}
