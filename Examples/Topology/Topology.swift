import ArgumentParser

/// The whole serverless topology on one machine, each box of the picture a process of its own.
@main
struct Topology: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Topology",
        abstract: "Starts site, user pool, gateway and functions, each as a process of its own, and chats through them.",
        discussion: "The store is a DynamoDB that is running already; `make topology` starts one (moto) beside it.",
        subcommands: [RunTopology.self, ServeSite.self, ServeUserPool.self], defaultSubcommand: RunTopology.self)
}
