import ArgumentParser
import ChatProtocol
import ChatTransport
import Foundation
import Logging
import NIOCore

/// Sends every message back: what the WebSocket conformance suites talk to.
@main
struct EchoServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A WebSocket server that sends every message back.")

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port = 9001

    @Option(help: "Serve with TLS: the certificate, with those between it and the root, as PEM.")
    var tlsCertificate: String?

    @Option(help: "Serve with TLS: the certificate's key, as PEM.")
    var tlsKey: String?

    @Option(help: "The longest message, in bytes.")
    var maximumMessageBytes = 32 * 1024 * 1024

    @Flag(inversion: .prefixedNo, help: "Compress messages (permessage-deflate).")
    var compression = true

    func validate() throws {
        guard (self.tlsCertificate == nil) == (self.tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
    }

    func run() async throws {
        var configuration = WebSocketServerConfiguration()
        configuration.webSocket.maximumFrameBytes = self.maximumMessageBytes
        configuration.webSocket.maximumMessageBytes = self.maximumMessageBytes
        configuration.webSocket.maximumOutboundBytes = 2 * self.maximumMessageBytes
        if self.compression {
            var compression = WebSocketCompression()
            // A peer that asks for context take-over is to get it.
            compression.serverNoContextTakeover = false
            compression.clientNoContextTakeover = false
            compression.threshold = 0
            configuration.webSocket.compression = compression
        }
        if let certificate = self.tlsCertificate, let key = self.tlsKey {
            configuration.tls = try ServerTLS(certificateChainFile: certificate, privateKeyFile: key)
        }
        let server = try await WebSocketServer.listen(
            host: self.host, port: self.port, configuration: configuration, logger: Logger(label: "EchoServer"),
            decide: { _ in .accept() },
            handle: { connection in
                for try await message in connection.messages { try await connection.send(message) }
            })
        print("listening on \(server.localAddress.ipAddress ?? self.host):\(server.localAddress.port ?? self.port)")
        // A pipe would have it only when the buffer is full.
        fflush(nil)
        try await server.waitUntilClosed()
    }
}
