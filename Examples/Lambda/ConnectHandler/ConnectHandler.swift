import AWSLambda
import ChatAWS

/// The function behind `$connect`: writes the connection down, in the default room.
@main
enum ConnectHandler {
    static func main() async {
        await LambdaRuntime.main { try ConnectLambda(ChatLambdaEnvironment($0)) }
    }
}
