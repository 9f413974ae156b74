import APIGatewayDefinition
import AWSClient
import ArgumentParser
import ChatAWS
import Foundation
import Logging
import UnixSignals

/// Starts every box, chats through them, and keeps them up until it is told to end.
struct RunTopology: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Starts everything (the default).")

    @Option(help: ArgumentHelp("Where DynamoDB answers. [DYNAMODB_ENDPOINT]", valueName: "url"))
    var dynamodb: String?

    @Option(help: ArgumentHelp("The topology's template.", valueName: "file"))
    var template = "Examples/Serverless/template.yaml"

    @Option(help: "Port of the site; 0 lets the system choose.")
    var port = 8080

    @Option(help: "Port of the gateway.")
    var gatewayPort = 8443

    @Flag(help: "Serve wss, with a development certificate, which a browser does not trust by itself.")
    var tls = false

    @Option(help: ArgumentHelp("Where the development certificate is kept.", valueName: "folder"))
    var certificates = ".gateway"

    @Flag(help: "End after the conversation.")
    var once = false

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.serve() }
            group.addTask { for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return } }
            try await group.next()
            group.cancelAll()
        }
    }

    private func serve() async throws {
        guard let dynamodb = self.dynamodb ?? ProcessInfo.processInfo.environment["DYNAMODB_ENDPOINT"] else {
            throw ValidationError("--dynamodb or DYNAMODB_ENDPOINT has to say where DynamoDB answers; `make topology` starts one.")
        }
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let programs = own.deletingLastPathComponent().path
        var children: [Child] = []
        // Last started, first ended: nothing loses what it needs.
        defer { for child in children.reversed() { child.stop() } }

        func start(_ name: String, _ program: String, _ arguments: [String]) throws -> Child {
            let child = try Child(name, program, arguments)
            children.append(child)
            say("\(name): \(child.url) (process \(child.processIdentifier))")
            return child
        }

        try await self.makeTables(dynamodb)
        say("store: \(dynamodb)")
        let userPool = try start("user pool", own.path, ["user-pool", "--pool", TopologyPlan.userPool, "--client", TopologyPlan.client])
        let plan = TopologyPlan(
            dynamoDB: dynamodb, userPool: userPool.url, template: self.template, programs: programs, gatewayPort: self.gatewayPort,
            usesTLS: self.tls, certificates: URL(fileURLWithPath: self.certificates).path)
        _ = try start("gateway", "\(programs)/Gateway", plan.gatewayArguments)
        let page = "\(programs)/swift-chat_ReferenceServer.resources/Web"
        _ = try start(
            "site", own.path,
            ["site", "--page", page, "--port", "\(self.port)", "--configuration", plan.pageConfiguration, "--connect", userPool.url]
                + ["--connect", String(plan.webSocket.dropLast(TopologyPlan.stage.count + 1))])

        try await Conversation(plan: plan).run()
        say("WebSocket: \(plan.webSocket)")
        say("user pool id: \(TopologyPlan.userPool), client id: \(TopologyPlan.client)")
        say(self.once ? "done" : "ready; Ctrl-C ends it all")
        guard !self.once else { return }
        // Until it is told to end.
        try? await Task.sleep(for: .seconds(1 << 30))
    }

    private func makeTables(_ endpoint: String) async throws {
        let environment = ["AWS_ENDPOINT_URL_DYNAMODB": endpoint]
        let client = try DynamoDBClient(
            region: TopologyPlan.region, environment: environment,
            credentials: StaticAWSCredentials(AWSCredentials(accessKeyId: "AKIALOCALTOPOLOGY001", secretAccessKey: "local")),
            http: AsyncAWSHTTPClient(), logger: Logger(label: "topology") { StreamLogHandler.standardError(label: $0) })
        let tables = DynamoDBStore.Tables(connections: TopologyPlan.connectionsTable, messages: TopologyPlan.messagesTable)
        try await DynamoDBStore(client: client, tables: tables).createTables()
    }
}
