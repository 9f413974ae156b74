// swift-tools-version: 6.2
import PackageDescription

// A program that is a chat client and nothing else: what it makes SwiftPM fetch is what every such program has to fetch.
let package = Package(
    name: "ClientOnly",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-chat", path: "../../..", traits: [])],
    targets: [.executableTarget(name: "ClientOnly", dependencies: [.product(name: "ChatClient", package: "swift-chat")])]
)
