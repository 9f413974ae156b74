/// What both ends of a connection agreed on for permessage-deflate (RFC 7692 section 7.1).
package struct PerMessageDeflateParameters: Sendable, Hashable {
    /// The server compresses each message by itself.
    package var serverNoContextTakeover: Bool
    /// The client compresses each message by itself.
    package var clientNoContextTakeover: Bool
    /// Base-two logarithm of the window that the server compresses with: 8...15.
    package var serverMaxWindowBits: Int
    /// Base-two logarithm of the window that the client compresses with: 8...15.
    package var clientMaxWindowBits: Int

    package init(serverNoContextTakeover: Bool, clientNoContextTakeover: Bool, serverMaxWindowBits: Int, clientMaxWindowBits: Int) {
        self.serverNoContextTakeover = serverNoContextTakeover
        self.clientNoContextTakeover = clientNoContextTakeover
        self.serverMaxWindowBits = serverMaxWindowBits
        self.clientMaxWindowBits = clientMaxWindowBits
    }
}

/// The names that RFC 7692 registers.
enum PerMessageDeflateName {
    static let `extension` = "permessage-deflate"
    static let serverNoContextTakeover = "server_no_context_takeover"
    static let clientNoContextTakeover = "client_no_context_takeover"
    static let serverMaxWindowBits = "server_max_window_bits"
    static let clientMaxWindowBits = "client_max_window_bits"
}
