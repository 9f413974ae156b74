/// Where a server takes connections, and what a message looks like there.
struct ServerEndpoint {
    var port: Int
    var path = "/"
    /// A header of the handshake, whole.
    var header: String?
    var messagePrefix = ""
    var messageSuffix = ""

    /// The same for the load generator.
    var arguments: [String] {
        let options = [
            ("path", self.path), ("header", self.header ?? ""), ("prefix", self.messagePrefix), ("suffix", self.messageSuffix),
        ]
        return ["--port", "\(self.port)"] + options.filter { !$0.1.isEmpty }.map { "--\($0.0)=\($0.1)" }
    }
}
