// The shortest chat client: signs in (up, if need be), says hello, and prints what it hears. EmbedClient NAME PASSWORD
import ChatAuth
import ChatClient
import ChatProtocol
import Logging

@main
enum EmbedClient {
    static func main() async throws {
        let (name, password) = (CommandLine.arguments[1], CommandLine.arguments[2])
        let pool = UserPoolClient(endpoint: "http://127.0.0.1:8080", poolId: "us-east-1_chatlocal", clientId: "chatlocal")
        do { _ = try await pool.signUp(username: name, password: password) } catch let error as UserPoolError
            where error.code == .usernameExists
        {}
        let session = try await UserSession.signIn(to: pool, username: name, password: password)

        let configuration = ChatClientConfiguration(url: "ws://127.0.0.1:8080/ws")
        try await ChatClient.withClient(configuration, tokens: session, logger: Logger(label: "embed-client")) { chat in
            let receipt = try await chat.send("hello")
            print("kept as number \(receipt.sequence)")
            for await case .message(let message) in chat.events { print("\(message.sender.name): \(message.message)") }
        }
    }
}
