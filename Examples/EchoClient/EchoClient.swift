import ArgumentParser
import ChatProtocol
import ChatTransport
import NIOCore
import NIOSSL

/// Runs the cases of an Autobahn|Testsuite server: it sends every message back, and asks for the report at the end.
@main
struct EchoClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A WebSocket client that sends every message back, for Autobahn|Testsuite.")

    @Argument(help: "The suite's server, such as ws://127.0.0.1:9001.")
    var url: String

    @Option(help: "The name in the report.")
    var agent = "swift-chat"

    @Option(help: "The certificate that the server's is signed by, as PEM, in place of the system's roots.")
    var tlsRoot: String?

    func run() async throws {
        var configuration = WebSocketClientConfiguration()
        configuration.webSocket.maximumFrameBytes = 32 * 1024 * 1024
        configuration.webSocket.maximumMessageBytes = 32 * 1024 * 1024
        configuration.webSocket.maximumOutboundBytes = 64 * 1024 * 1024
        if let root = self.tlsRoot {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(root)
            configuration.tls = tls
        }
        let count = try await WebSocketClient.withConnection(to: "\(self.url)/getCaseCount", configuration: configuration) { connection in
            for try await message in connection.messages { return Int(String(buffer: message.bytes)) }
            return nil
        }
        guard let count else { throw ValidationError("The suite does not say how many cases it has.") }

        var compression = WebSocketCompression()
        compression.serverNoContextTakeover = false
        compression.clientNoContextTakeover = false
        compression.threshold = 0
        configuration.webSocket.compression = compression
        for number in 1...max(1, count) {
            let url = "\(self.url)/runCase?case=\(number)&agent=\(self.agent)"
            // A case may end in any way, most of them by what the server does.
            try? await WebSocketClient.withConnection(to: url, configuration: configuration) { connection in
                for try await message in connection.messages { try await connection.send(message) }
            }
        }
        configuration.webSocket.compression = nil
        try await WebSocketClient.withConnection(to: "\(self.url)/updateReports?agent=\(self.agent)", configuration: configuration) {
            connection in
            for try await _ in connection.messages {}
        }
        print("ran \(count) cases")
    }
}
