// The shortest chat server: users, keys and messages in memory, one port for everything.
import ChatAuth
import ChatHummingbird
import ChatServer
import ChatService
import ChatStore
import Hummingbird
import HummingbirdCore
import Logging

@main
enum EmbedServer {
    static func main() async throws {
        let logger = Logger(label: "embed-server")
        let store = InMemoryStore()
        var users = UserPoolConfiguration(poolId: "us-east-1_chatlocal", clientIds: ["chatlocal"])
        users.autoConfirm = true
        let pool = try await UserPool(
            configuration: users, users: store, keys: store, delivery: LogCodeDelivery(logger: logger), logger: logger)
        let gateway = ChatGateway(messages: store, authorizer: TokenAuthorizer(pool.tokenVerifier), logger: logger)
        let router = Router().addChat(ChatEndpoints(gateway: gateway, userPool: pool))
        let app = Application(
            router: router, server: .chat(gateway), configuration: .init(address: .hostname("127.0.0.1", port: 8080)), services: [gateway])
        try await app.runService()
    }
}
