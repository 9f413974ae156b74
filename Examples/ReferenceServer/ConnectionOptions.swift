import ArgumentParser
import ChatProtocol
import ChatServer
import ChatTransport

/// Who may connect, and how much.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A page that may connect from a browser; may be repeated. Default: any.", valueName: "origin"))
    var origin: [String] = []

    @Option(help: "Connections at one time.")
    var maxConnections = 100_000

    @Option(help: "Connections of one address at one time. Default: as many as in all.")
    var maxConnectionsPerAddress: Int?

    @Option(
        help: ArgumentHelp(
            "A proxy whose X-Forwarded-For is believed, such as 10.0.0.0/8; may be repeated. Default: none.", valueName: "network"))
    var trustedProxy: [String] = []

    @Flag(help: "Every connection begins with a PROXY protocol header, as a load balancer sends it.")
    var proxyProtocol = false

    @Flag(help: "Compress messages for clients that can (permessage-deflate).")
    var compression = false

    func configuration() throws -> GatewayConfiguration {
        var configuration = GatewayConfiguration()
        configuration.server.maximumConnections = self.maxConnections
        configuration.server.maximumConnectionsPerAddress = self.maxConnectionsPerAddress
        configuration.server.proxyProtocol = self.proxyProtocol
        do {
            if !self.origin.isEmpty { configuration.server.origins = try .list(self.origin) }
            configuration.server.trustedProxies = try TrustedProxies(self.trustedProxy)
        } catch {
            throw ValidationError("\(error)")
        }
        if self.compression { configuration.server.webSocket.compression = WebSocketCompression() }
        return configuration
    }
}
