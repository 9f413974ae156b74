import ArgumentParser

/// The load generator, which `broadcast` and `connect` start as a process of its own.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "The load generator.", shouldDisplay: false, subcommands: [LoadBroadcast.self, LoadConnect.self])
}
