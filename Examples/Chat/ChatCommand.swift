import ArgumentParser
import ChatAuth
import ChatClient
import ChatTransport
import Foundation
import Logging

/// A chat in a terminal, or in a pipe.
@main
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Signs in to a chat server, shows what is said, and sends each line of the input.",
        discussion: """
            Messages appear on the output as "[room] name: text"; everything else is said on the error output. \
            Lines that begin with a slash are commands: /help lists them. \
            In a pipe it ends once every line was accepted, unless --listen is given. \
            A proxy is taken from the environment, as curl does: https_proxy, http_proxy, all_proxy and no_proxy.
            """)

    @Option(help: "Where the server is: http:// or https://, or the WebSocket itself, ws:// or wss://. [CHAT_URL]")
    var url: String = ProcessInfo.processInfo.environment["CHAT_URL"] ?? "http://127.0.0.1:8080"

    @Option(name: .customLong("user-pool-url"), help: "Where the user pool is, if not at --url. [CHAT_USER_POOL_URL]")
    var userPoolURL: String?

    @Option(name: .customLong("user-pool-id"), help: "Id of the user pool. [CHAT_USER_POOL_ID]")
    var userPoolId: String = ProcessInfo.processInfo.environment["CHAT_USER_POOL_ID"] ?? "us-east-1_chatlocal"

    @Option(name: .customLong("client-id"), help: "Id of the application. [CHAT_CLIENT_ID]")
    var clientId: String = ProcessInfo.processInfo.environment["CHAT_CLIENT_ID"] ?? "chatlocal"

    @Option(help: "Who you are. [CHAT_USERNAME]")
    var username: String?

    @Option(help: "Your password; asked for if it is not given. Others can see a command line: prefer the variable. [CHAT_PASSWORD]")
    var password: String?

    @Flag(name: .customLong("sign-up"), help: "Make the user first. One that exists is no error.")
    var signUp = false

    @Option(help: "The new user's email address, where the user pool wants one.")
    var email: String?

    @Option(name: .customLong("confirm"), help: "The code that a new user was sent.")
    var confirmationCode: String?

    @Option(
        help: ArgumentHelp(
            "Certificates, as PEM, that are trusted beside the system's roots, for the chat and for the user pool.", valueName: "file"))
    var tlsRoot: String?

    @Option(help: "The room to talk in.")
    var room: String = "general"

    @Option(help: "How many earlier messages to show.")
    var history: Int = 20

    @Flag(help: "Go on listening when the input has ended.")
    var listen = false

    func validate() throws {
        guard (0...1000).contains(self.history) else { throw ValidationError("--history must be between 0 and 1000.") }
    }

    func run() async throws {
        do {
            try await self.chat()
        } catch let error as UserPoolError {
            throw Failure(error.code == .userNotConfirmed ? "Confirm the user first: --confirm CODE." : error.message)
        } catch let error as ChatClientError {
            throw Failure(error.message)
        } catch let error as WebSocketError {
            throw Failure(error.message)
        } catch let error as InvalidConfigurationError {
            throw Failure("The environment's proxy cannot be used: \(error.message)")
        }
    }

    private func chat() async throws {
        let terminal = Terminal()
        let environment = ProcessInfo.processInfo.environment
        let username = try self.username ?? environment["CHAT_USERNAME"] ?? terminal.ask("Username: ")
        let password = try self.password ?? environment["CHAT_PASSWORD"] ?? terminal.askSecretly("Password: ")
        let network = try NetworkSettings(rootFile: self.tlsRoot)
        let poolURL = self.userPoolURL ?? environment["CHAT_USER_POOL_URL"] ?? self.url
        var configuration = ChatClientConfiguration(url: Self.webSocketURL(self.url))
        configuration.webSocket = try network.webSocket(to: configuration.url)
        configuration.rooms.insert(self.room)

        // To the end of the chat, which asks the pool for fresh tokens.
        try await network.withExchange(to: poolURL) { [configuration] exchange in
            let pool = UserPoolClient(endpoint: poolURL, poolId: self.userPoolId, clientId: self.clientId, exchange: exchange)
            try await self.prepareUser(in: pool, username: username, password: password, terminal: terminal)
            let session = try await UserSession.signIn(to: pool, username: username, password: password)
            let (room, history, listen) = (self.room, self.history, self.listen)
            try await ChatClient.withClient(configuration, tokens: session, logger: Self.logger) { chat in
                try await Conversation(chat: chat, terminal: terminal, room: room, username: username.lowercased())
                    .run(history: history, listen: listen)
            }
        }
    }

    /// Makes and confirms the user, as far as the options ask for it.
    private func prepareUser(in pool: UserPoolClient, username: String, password: String, terminal: Terminal) async throws {
        if self.signUp {
            let attributes = self.email.map { ["email": $0] } ?? [:]
            do {
                if try await !pool.signUp(username: username, password: password, attributes: attributes), self.confirmationCode == nil {
                    let code = try terminal.ask("The code that was sent to you: ")
                    try await pool.confirmSignUp(username: username, code: code)
                }
            } catch let error as UserPoolError where error.code == .usernameExists {}
        }
        if let confirmationCode { try await pool.confirmSignUp(username: username, code: confirmationCode) }
    }

    /// Silent, unless somebody wants to see.
    private static var logger: Logger {
        var logger = Logger(label: "chat", factory: StreamLogHandler.standardError(label:))
        logger.logLevel = ProcessInfo.processInfo.environment["CHAT_LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:)) ?? .error
        return logger
    }

    private static func webSocketURL(_ url: String) -> String {
        // The WebSocket itself, as API Gateway's.
        if url.hasPrefix("ws:") || url.hasPrefix("wss:") { return url }
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        return base.hasSuffix("/ws") ? base : base + "/ws"
    }
}

/// What went wrong, in words for whoever sits in front of it.
struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
