import ArgumentParser

/// What can be measured.
enum ServerKind: String, CaseIterable, Codable, ExpressibleByArgument {
    /// BroadcastServer: ChatTransport alone, every message to everybody.
    case raw
    /// The same with messages of as many bytes as those of `chat`, which carry more than their text.
    case rawPadded = "raw-chat-bytes"
    /// ReferenceServer: tokens, rooms, numbering, SQLite.
    case chat
    /// An epoll loop in C that does nothing else: one `send` a delivery.
    case limit = "c-limit"
    /// The same with one `send` a connection for all messages of one turn of its loop.
    case limitCoalescing = "c-limit-coalesce"
    /// Debian's nginx with nchan.
    case nchan
    /// PyPI's websockets.
    case pythonWebSockets = "python-websockets"

    var isOurs: Bool { self == .raw || self == .rawPadded || self == .chat }

    var about: String {
        switch self {
        case .raw: "ChatTransport alone"
        case .rawPadded: "ChatTransport alone, the chat's bytes"
        case .chat: "the whole chat, SQLite"
        case .limit: "C, one send a delivery"
        case .limitCoalescing: "C, one send a turn"
        case .nchan: "nginx + nchan"
        case .pythonWebSockets: "Python websockets"
        }
    }
}
