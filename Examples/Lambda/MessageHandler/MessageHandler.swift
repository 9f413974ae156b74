import AWSLambda
import ChatAWS

/// The function behind `sendMessage` and `$default`: every action of the chat, from the rules that ReferenceServer runs, too.
@main
enum MessageHandler {
    static func main() async {
        await LambdaRuntime.main { try MessageLambda(ChatLambdaEnvironment($0)) }
    }
}
