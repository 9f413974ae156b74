import ChatAuth
import ChatClient
import ChatProtocol
import ChatTransport
import Logging
import NIOSSL

/// Two people sign up, sign in, and talk through the topology: what shows that every box does its part.
struct Conversation {
    /// Not the default one, which is left to whoever comes.
    private static let room = "topology"

    var plan: TopologyPlan

    /// - Throws: ``Child/Failure`` if it takes a minute: the client itself would go on trying.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.talk() }
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                throw Child.Failure(description: "Nobody could chat through the topology within 60 s.")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func talk() async throws {
        let (alice, bob) = (try await self.signIn("alice"), try await self.signIn("bob"))
        var configuration = ChatClientConfiguration(url: self.plan.webSocket)
        if self.plan.usesTLS {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(self.plan.certificateFile)
            configuration.webSocket.tls = tls
        }
        let logger = Logger(label: "topology") { StreamLogHandler.standardError(label: $0) }
        try await ChatClient.withClient(configuration, tokens: bob, logger: logger) { [configuration] chat in
            var events = chat.events.makeAsyncIterator()
            while let event = await events.next() { if event == .connected { break } }
            // He is in the room once his own question is answered.
            _ = try await chat.join(Self.room)
            try await ChatClient.withClient(configuration, tokens: alice, logger: logger) { chat in
                _ = try await chat.join(Self.room)
                let receipt = try await chat.send("hello, topology", to: Self.room)
                say("alice: the message was kept as number \(receipt.sequence)")
            }
            while let event = await events.next() {
                guard case .message(let message) = event else { continue }
                say("bob: \(message.sender.name) says \"\(message.message)\"")
                break
            }
            let page = try await chat.history(HistoryQuery(room: Self.room, limit: 1))
            say("bob: the history ends with number \(page.messages.last?.sequence ?? 0)")
        }
    }

    private func signIn(_ name: String) async throws -> UserSession {
        let pool = UserPoolClient(endpoint: self.plan.userPool, poolId: TopologyPlan.userPool, clientId: TopologyPlan.client)
        let password = "Topology-Passw0rd"
        _ = try await pool.signUp(username: name, password: password, attributes: ["email": "\(name)@example.com"])
        return try await UserSession.signIn(to: pool, username: name, password: password)
    }
}
