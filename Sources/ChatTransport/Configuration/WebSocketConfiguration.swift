public import ChatProtocol

/// Limits and times of one WebSocket connection, the same for both ends.
public struct WebSocketConfiguration: Sendable {
    /// The longest frame taken, in bytes. Default 32,768, API Gateway's. A longer one closes the connection with 1009. Stops a peer
    /// from having memory set aside by an announcement.
    public var maximumFrameBytes = 32 * 1024

    /// The longest message taken, its fragments together, in bytes. Default 131,072, API Gateway's. A longer one closes with 1009.
    public var maximumMessageBytes = 128 * 1024

    /// Bytes that may wait to be sent to a peer that reads too slowly, ahead of a message that is sent now, which may be of any length.
    /// Default 1 MiB. Where more waits, the connection closes with 4008, so that it holds up nobody and costs no more. A chat's server first
    /// leaves out the messages of rooms, and tells the client of the gap once it has caught up.
    public var maximumOutboundBytes = 1024 * 1024

    /// How long a peer may take next to nothing of what waits for it, once that is more than 64 KiB. Default 30 s; in that time it has to take
    /// 32 KiB. Past it the connection closes with 4008. Ends the wait of who sends to a peer that never reads, however much it says itself.
    /// Nil waits for ever.
    public var sendTimeout: Duration? = .seconds(30)

    /// How long a peer may be silent before it is sent a ping. Default 30 s. Nil sends none.
    public var pingInterval: Duration? = .seconds(30)

    /// How long it may then stay silent before its connection is cut. Default 10 s. Finds peers that vanished without a word.
    public var pongTimeout: Duration = .seconds(10)

    /// How long a message may take from its first byte to its last. Default 60 s. Past it the connection closes with 1008. Stops a peer
    /// that sends a byte at a time from holding memory for ever. Nil waits for ever.
    public var messageTimeout: Duration? = .seconds(60)

    /// Frames of a peer in a second that bring no part of a message: pings, pongs, empty fragments. Default 1,000. One more closes the
    /// connection with 1008. Stops a flood of six-byte frames, each of which takes longer to read than to send.
    public var maximumControlFramesPerSecond = 1000

    /// How long the peer may take to answer a close frame before the connection is cut. Default 5 s; 1 s for one that goes on sending: of what
    /// comes behind a close frame 16 MiB (one message, if that may be longer) and 65,536 frames are read; 64 KiB and 256 frames if the peer broke
    /// the protocol.
    public var closeTimeout: Duration = .seconds(5)

    /// How long a connection may be without a message in either direction; pings are none. Nil, the default, is for ever. API Gateway: 10 minutes.
    public var idleTimeout: Duration?

    /// How long a connection may live. Nil, the default, is for ever. API Gateway: 2 hours.
    public var maximumLifetime: Duration?

    /// Compresses messages if the peer can, too (permessage-deflate, RFC 7692). Nil, the default, does not: it costs processor time
    /// and memory, and compressing secrets together with what an attacker chooses can tell the secrets by their length.
    public var compression: WebSocketCompression?

    public init() {}
}
