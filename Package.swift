// swift-tools-version: 6.2
import PackageDescription

var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
// Our own checks take no warning; a newer compiler's must not stop somebody who only builds.
if Context.environment["CHAT_STRICT"] == "1" { settings.append(.treatAllWarnings(as: .error)) }

// `scripts/fuzz` builds one program more, and with libFuzzer what it feeds gets flags that no dependency may have.
let fuzzing = Context.environment["CHAT_FUZZ"]
var fuzzed = settings
var fuzzLinker: [LinkerSetting] = []
if fuzzing == "libfuzzer", let library = Context.environment["CHAT_FUZZ_LIBRARY"] {
    fuzzed += [.unsafeFlags(["-sanitize=fuzzer"]), .define("LIBFUZZER")]
    fuzzLinker = [.unsafeFlags([library, "-lstdc++"])]
}

/// What targets use of other packages, wherever a trait does not decide.
extension Target.Dependency {
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let yams = product(name: "Yams", package: "Yams")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let histogram = product(name: "Histogram", package: "hdrhistogram-swift")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let swiftASN1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let logging = product(name: "Logging", package: "swift-log")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let nioWebSocket = product(name: "NIOWebSocket", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
}

let package = Package(
    name: "swift-chat",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "ChatProtocol", targets: ["ChatProtocol"]),
        .library(name: "ChatAuth", targets: ["ChatAuth"]),
        .library(name: "ChatTransport", targets: ["ChatTransport"]),
        .library(name: "ChatStore", targets: ["ChatStore"]),
        .library(name: "ChatService", targets: ["ChatService"]),
        .library(name: "ChatServer", targets: ["ChatServer"]),
        .library(name: "ChatClient", targets: ["ChatClient"]),
        .library(name: "ChatHummingbird", targets: ["ChatHummingbird"]),
        .library(name: "ChatStoreSQLite", targets: ["ChatStoreSQLite"]),
        .library(name: "ChatAWS", targets: ["ChatAWS", "AWSClient", "AWSLambda"]),
    ],
    traits: [
        // A dependent that needs less says so (`traits: []` for a client), and SwiftPM fetches less for it.
        .trait(name: "Server", description: "ChatServer: the gateway in one process."),
        .trait(name: "SQLite", description: "ChatStoreSQLite: the file backend."),
        .trait(name: "Hummingbird", description: "ChatHummingbird: the adapter for Hummingbird.", enabledTraits: ["Server"]),
        .default(enabledTraits: ["Server", "SQLite", "Hummingbird"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "ChatProtocol", dependencies: ["CZlib"], swiftSettings: fuzzed),
        .target(name: "ChatStore", dependencies: ["ChatProtocol"], swiftSettings: settings),
        .target(
            name: "ChatStoreSQLite",
            dependencies: [
                "ChatStore",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
                .product(name: "GRDBSQLite", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: settings),
        .target(
            name: "ChatAuth",
            dependencies: [
                "CLibcrypto", "ChatProtocol", "ChatStore", .asyncHTTPClient, .crypto, .cryptoExtras, .httpTypes, .jwtKit, .logging,
                .nioCore, .nioHTTP1,
            ],
            swiftSettings: settings),
        .target(
            name: "ChatTransport",
            dependencies: ["ChatProtocol", .crypto, .httpTypes, .logging, .nioCore, .nioPosix, .nioSSL],
            swiftSettings: fuzzed),
        .target(name: "ChatService", dependencies: ["ChatAuth", "ChatProtocol", "ChatStore"], swiftSettings: settings),
        .target(
            name: "ChatServer",
            dependencies: [
                "ChatAuth", "ChatProtocol", "ChatService", "ChatStore", "ChatTransport",
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Server"])),
                .httpTypes,
                .logging,
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Server"])),
                .nioCore,
                .nioPosix,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: settings),
        .target(
            name: "ChatClient",
            dependencies: ["ChatAuth", "ChatProtocol", "ChatTransport", .httpTypes, .logging, .nioCore],
            swiftSettings: settings),
        .target(
            name: "ChatHummingbird",
            dependencies: [
                "ChatServer", "ChatTransport",
                .httpTypes,
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Hummingbird"])),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Hummingbird"])),
                .logging,
                .nioCore,
                .nioSSL,
            ],
            swiftSettings: settings),
        // Requests to AWS, signed; tied to no chat.
        .target(
            name: "AWSClient",
            dependencies: [
                "ChatProtocol", "ChatStore", .asyncHTTPClient, .crypto, .httpTypes, .logging, .nioCore, .nioHTTP1, .nioPosix, .nioSSL,
            ],
            swiftSettings: settings),
        // The Lambda Runtime API, API Gateway's events, CloudWatch's formats; tied to no chat.
        .target(
            name: "AWSLambda",
            dependencies: [.logging, .nioCore, .nioHTTP1, .nioPosix],
            swiftSettings: settings),
        .target(
            name: "ChatAWS",
            dependencies: [
                "AWSClient", "AWSLambda", "ChatAuth", "ChatProtocol", "ChatService", "ChatStore", .crypto, .httpTypes, .logging,
            ],
            swiftSettings: settings),
        // What the example Gateway is made of. No products: nobody who depends on this package fetches for them.
        .target(
            name: "LambdaHost",
            dependencies: [.logging, .nioCore, .nioHTTP1, .nioPosix, .subprocess],
            swiftSettings: settings),
        .target(
            name: "APIGatewayDefinition",
            dependencies: [.crypto, .swiftASN1, .x509, .yams],
            swiftSettings: settings),
        .target(
            name: "APIGateway",
            dependencies: [
                "APIGatewayDefinition", "AWSClient", "AWSLambda", "ChatProtocol", "ChatStore", "ChatTransport", "LambdaHost", .httpTypes,
                .logging, .nioCore, .nioPosix,
            ],
            swiftSettings: settings),
        // What several test targets share. No product either.
        .target(name: "ChatTesting", dependencies: ["ChatProtocol", "ChatStore", .nioSSL], swiftSettings: settings),

        // Examples and benchmarks are no products, so nobody who depends on this package builds or fetches for them.
        .executableTarget(
            name: "ReferenceServer",
            dependencies: [
                "ChatAuth", "ChatHummingbird", "ChatProtocol", "ChatServer", "ChatService", "ChatStore", "ChatStoreSQLite", "ChatTransport",
                .argumentParser, .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore, .serviceLifecycle, .unixSignals,
            ],
            path: "Examples/ReferenceServer",
            exclude: ["package.json"],
            resources: [.copy("Web")],
            swiftSettings: settings),
        .executableTarget(
            name: "chat",
            dependencies: [
                "ChatAuth", "ChatClient", "ChatProtocol", "ChatTransport", .argumentParser, .asyncHTTPClient, .logging, .nioPosix, .nioSSL,
            ],
            path: "Examples/Chat",
            swiftSettings: settings),
        .executableTarget(
            name: "EmbedServer",
            dependencies: [
                "ChatAuth", "ChatHummingbird", "ChatServer", "ChatService", "ChatStore", .hummingbird, .hummingbirdCore, .logging,
            ],
            path: "Examples/EmbedServer",
            swiftSettings: settings),
        .executableTarget(
            name: "EmbedClient",
            dependencies: ["ChatAuth", "ChatClient", "ChatProtocol", .logging],
            path: "Examples/EmbedClient",
            swiftSettings: settings),
        .executableTarget(
            name: "EchoServer",
            dependencies: ["ChatProtocol", "ChatTransport", .argumentParser, .logging, .nioCore],
            path: "Examples/EchoServer",
            swiftSettings: settings),
        .executableTarget(
            name: "EchoClient",
            dependencies: ["ChatProtocol", "ChatTransport", .argumentParser, .nioCore, .nioSSL],
            path: "Examples/EchoClient",
            swiftSettings: settings),
        // The functions of the serverless topology, each the `bootstrap` of a zip.
        .executableTarget(
            name: "ConnectAuthorizer", dependencies: ["AWSLambda", "ChatAWS"], path: "Examples/Lambda/ConnectAuthorizer",
            swiftSettings: settings),
        .executableTarget(
            name: "ConnectHandler", dependencies: ["AWSLambda", "ChatAWS"], path: "Examples/Lambda/ConnectHandler", swiftSettings: settings),
        .executableTarget(
            name: "DisconnectHandler", dependencies: ["AWSLambda", "ChatAWS"], path: "Examples/Lambda/DisconnectHandler",
            swiftSettings: settings),
        .executableTarget(
            name: "MessageHandler", dependencies: ["AWSLambda", "ChatAWS"], path: "Examples/Lambda/MessageHandler", swiftSettings: settings),
        .executableTarget(
            name: "Gateway",
            dependencies: [
                "APIGateway", "APIGatewayDefinition", "ChatHummingbird", "ChatTransport", "LambdaHost", .argumentParser, .httpTypes,
                .hummingbird, .hummingbirdCore, .logging, .nioCore, .nioPosix, .serviceLifecycle, .unixSignals,
            ],
            path: "Examples/Gateway",
            swiftSettings: settings),
        .executableTarget(
            name: "Topology",
            dependencies: [
                "APIGatewayDefinition", "AWSClient", "ChatAWS", "ChatAuth", "ChatClient", "ChatProtocol", "ChatStore", "ChatTransport",
                .argumentParser, .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore, .nioSSL, .unixSignals,
            ],
            path: "Examples/Topology",
            swiftSettings: settings),
        .executableTarget(
            name: "BroadcastServer",
            dependencies: ["ChatProtocol", "ChatTransport", .argumentParser, .httpTypes, .nioCore, .nioPosix, .unixSignals],
            path: "Benchmarks/BroadcastServer",
            swiftSettings: settings),
        .executableTarget(
            name: "EchoFunction",
            dependencies: ["AWSClient", "AWSLambda", "ChatAWS", .logging],
            path: "Benchmarks/EchoFunction",
            swiftSettings: settings),
        .target(name: "CEpoll", path: "Benchmarks/CEpoll"),
        .executableTarget(
            name: "chat-bench",
            dependencies: [
                "CEpoll", "ChatAuth", "ChatProtocol", "ChatService", "ChatStore", "ChatStoreSQLite", "ChatTransport", .argumentParser,
                .grdbSQLite, .histogram, .nioCore, .nioPosix,
            ],
            path: "Benchmarks/ChatBench",
            swiftSettings: settings),

        .testTarget(name: "ChatBenchTests", dependencies: ["chat-bench", .histogram], swiftSettings: settings),
        .testTarget(name: "ChatProtocolTests", dependencies: ["ChatProtocol"], swiftSettings: settings),
        .testTarget(
            name: "ChatAuthTests",
            dependencies: ["ChatAuth", "ChatProtocol", "ChatStore", .crypto, .cryptoExtras, .httpTypes, .logging],
            swiftSettings: settings),
        .testTarget(
            name: "ChatStoreTests", dependencies: ["ChatProtocol", "ChatStore", "ChatStoreSQLite", "ChatTesting"], swiftSettings: settings),
        .testTarget(
            name: "ChatTransportTests",
            dependencies: [
                "ChatProtocol", "ChatTesting", "ChatTransport", .httpTypes, .logging, .nioCore, .nioEmbedded, .nioHTTP1, .nioPosix, .nioSSL,
                .nioTLS,
                .nioWebSocket,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AWSClientTests",
            dependencies: [
                "AWSClient", "ChatProtocol", "ChatStore", .asyncHTTPClient, .crypto, .httpTypes, .logging, .nioCore, .nioHTTP1, .nioPosix,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AWSLambdaTests",
            dependencies: ["AWSLambda", .logging, .nioCore, .nioHTTP1, .nioPosix],
            swiftSettings: settings),
        .testTarget(
            name: "ChatAWSTests",
            dependencies: [
                "AWSClient", "AWSLambda", "ChatAWS", "ChatAuth", "ChatProtocol", "ChatService", "ChatStore", "ChatTesting", .httpTypes,
                .logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "LambdaHostTests",
            dependencies: ["LambdaHost", .logging, .nioCore, .nioHTTP1, .nioPosix],
            swiftSettings: settings),
        .testTarget(
            name: "APIGatewayDefinitionTests",
            dependencies: ["APIGatewayDefinition", .crypto, .swiftASN1, .x509],
            swiftSettings: settings),
        .testTarget(
            name: "APIGatewayTests",
            dependencies: [
                "APIGateway", "APIGatewayDefinition", "AWSClient", "AWSLambda", "ChatProtocol", "ChatStore", "ChatTransport", "LambdaHost",
                .httpTypes, .logging, .nioCore, .nioPosix,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ChatServiceTests", dependencies: ["ChatAuth", "ChatProtocol", "ChatService", "ChatStore", "ChatStoreSQLite"],
            swiftSettings: settings),
        .testTarget(
            name: "ChatServerTests",
            dependencies: [
                "ChatAuth", "ChatHummingbird", "ChatProtocol", "ChatServer", "ChatService", "ChatStore", "ChatStoreSQLite", "ChatTesting",
                "ChatTransport",
                .coreMetrics, .crypto, .cryptoExtras, .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore, .nioEmbedded,
                .nioHTTPTypes, .nioPosix, .nioSSL, .serviceLifecycle,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ChatClientTests",
            dependencies: [
                "ChatAuth", "ChatClient", "ChatProtocol", "ChatServer", "ChatService", "ChatStore", "ChatTransport", .httpTypes, .logging,
                .nioCore, .nioPosix, .serviceLifecycle,
            ],
            swiftSettings: settings),
    ]
)

if fuzzing != nil {
    package.targets.append(
        .executableTarget(
            name: "chat-fuzz",
            dependencies: ["ChatProtocol", "ChatTransport", "CZlib", .httpTypes, .nioCore],
            path: "Tests/Fuzz",
            swiftSettings: fuzzed,
            linkerSettings: fuzzLinker))
}

// `scripts/sanitize` builds anew for each sanitizer, and so only what the named test targets need.
if let named = Context.environment["CHAT_TEST_TARGETS"] {
    let all = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
    var kept: Set<String> = []
    func keep(_ name: String) {
        guard let target = all[name], kept.insert(name).inserted else { return }
        for dependency in target.dependencies {
            if case .byNameItem(let name, _) = dependency { keep(name) }
        }
    }
    for name in named.split(separator: " ") { keep(String(name)) }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll()
}
