public import ArgumentParser
public import ChatStoreSQLite
import ChatTransport
import Foundation
public import Logging

/// What ReferenceServer can be told, by flag or by environment variable; a flag wins.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address to listen on. [CHAT_HOST]")
    var host: String = Self.environment("CHAT_HOST") ?? "127.0.0.1"

    @Option(help: "Port to listen on; 0 lets the system choose. [CHAT_PORT]")
    var port: Int = Self.environment("CHAT_PORT") ?? 8080

    @Option(help: "Where messages, users and keys are kept: memory or sqlite:PATH. [CHAT_STORE]")
    var store: StoreLocation = Self.environment("CHAT_STORE") ?? .sqlite(path: "chat.sqlite")

    @Option(help: "What an acknowledged message survives: power (a power cut) or process (a killed process). [CHAT_DURABILITY]")
    var durability: SQLiteStore.Durability = Self.environment("CHAT_DURABILITY") ?? .power

    @Option(name: .customLong("user-pool-id"), help: "Id of the user pool, REGION_NAME. [CHAT_USER_POOL_ID]")
    var userPoolId: String = Self.environment("CHAT_USER_POOL_ID") ?? "us-east-1_chatlocal"

    @Option(name: .customLong("client-id"), help: "Id of the application that users sign in to. [CHAT_CLIENT_ID]")
    var clientId: String = Self.environment("CHAT_CLIENT_ID") ?? "chatlocal"

    @Flag(inversion: .prefixedNo, help: "Users are confirmed at once; no code is sent. [CHAT_AUTO_CONFIRM]")
    var autoConfirm: Bool = Self.environment("CHAT_AUTO_CONFIRM") ?? false

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp("Certificate chain in PEM; with --tls-key serves https and wss. [CHAT_TLS_CERTIFICATE]", valueName: "path"))
    var tlsCertificateFlag: String?

    @Option(name: .customLong("tls-key"), help: ArgumentHelp("Private key in PEM. [CHAT_TLS_KEY]", valueName: "path"))
    var tlsKeyFlag: String?

    @Option(
        name: .customLong("event-loops"),
        help: "Threads that serve connections, 1 to 64. Default: as many as the processors that it may use. [CHAT_EVENT_LOOPS]")
    var eventLoopsFlag: Int?

    @OptionGroup(title: "Connections") var connections: ConnectionOptions

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical. [CHAT_LOG_LEVEL]")
    var logLevel: Logger.Level = Self.environment("CHAT_LOG_LEVEL") ?? .notice

    var tlsCertificate: String? { self.tlsCertificateFlag ?? Self.environment("CHAT_TLS_CERTIFICATE") }
    var tlsKey: String? { self.tlsKeyFlag ?? Self.environment("CHAT_TLS_KEY") }
    var eventLoops: Int { self.eventLoopsFlag ?? Self.environment("CHAT_EVENT_LOOPS") ?? min(64, AvailableParallelism.current) }

    func validate() throws {
        guard (0...65_535).contains(self.port) else { throw ValidationError("--port must be between 0 and 65535.") }
        guard 1...64 ~= self.eventLoops else { throw ValidationError("--event-loops must be between 1 and 64.") }
        guard (self.tlsCertificate == nil) == (self.tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
        let pool = self.userPoolId.split(separator: "_", omittingEmptySubsequences: false)
        guard pool.count == 2, pool.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") } })
        else { throw ValidationError("--user-pool-id must be REGION_NAME, of letters, digits and hyphens.") }
        guard !self.clientId.isEmpty else { throw ValidationError("--client-id must not be empty.") }
        _ = try self.connections.configuration()
        for name in Self.unreadable() { throw ValidationError("The environment variable \(name) has a value that cannot be used.") }
    }

    private static func environment<Value: ExpressibleByArgument>(_ name: String) -> Value? {
        ProcessInfo.processInfo.environment[name].flatMap { Value(argument: $0) }
    }

    private static func unreadable() -> [String] {
        func check<Value: ExpressibleByArgument>(_ name: String, _: Value.Type) -> String? {
            ProcessInfo.processInfo.environment[name] != nil && (Self.environment(name) as Value?) == nil ? name : nil
        }
        return [
            check("CHAT_PORT", Int.self), check("CHAT_STORE", StoreLocation.self), check("CHAT_DURABILITY", SQLiteStore.Durability.self),
            check("CHAT_AUTO_CONFIRM", Bool.self), check("CHAT_LOG_LEVEL", Logger.Level.self),
            check("CHAT_EVENT_LOOPS", Int.self),
        ].compactMap { $0 }
    }
}

/// Where everything is kept.
enum StoreLocation: ExpressibleByArgument, CustomStringConvertible {
    case memory
    case sqlite(path: String)

    init?(argument: String) {
        if argument == "memory" {
            self = .memory
        } else if argument.hasPrefix("sqlite:"), argument.count > "sqlite:".count {
            self = .sqlite(path: String(argument.dropFirst("sqlite:".count)))
        } else {
            return nil
        }
    }

    var description: String {
        switch self {
        case .memory: "memory"
        case .sqlite(let path): "sqlite:\(path)"
        }
    }

    var defaultValueDescription: String { self.description }
}

extension SQLiteStore.Durability: ExpressibleByArgument {
    public init?(argument: String) {
        guard ["power", "process"].contains(argument) else { return nil }
        self.init(rawValue: argument)
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
