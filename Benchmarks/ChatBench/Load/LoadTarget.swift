import ArgumentParser

/// Where the load goes, and what a message looks like there.
struct LoadTarget: ParsableArguments {
    @Option(help: "Port on 127.0.0.1.")
    var port: Int

    @Option(help: "Path and query of the WebSocket.")
    var path = "/"

    @Option(help: "A header of the handshake, whole.")
    var header: String?

    @Option(help: "What stands before the text of a message.")
    var prefix = ""

    @Option(help: "What stands after the text of a message.")
    var suffix = ""

    @Option(help: "Bytes of a message's text.")
    var size = 128

    @Option(help: "Processes whose time and memory are the server's; the first gets SIGTERM where one is to end.")
    var serverProcess: [Int32] = []

    var handshake: [UInt8] {
        let header = self.header.map { "\($0)\r\n" } ?? ""
        return Array(
            """
            GET \(self.path) HTTP/1.1\r\nHost: 127.0.0.1:\(self.port)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(header)\r\n
            """.utf8)
    }
}
