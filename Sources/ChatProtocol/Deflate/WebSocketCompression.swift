/// What one end allows for permessage-deflate (RFC 7692), and how it compresses what it sends.
///
/// The two ends agree on what both allow, or go without. A value outside its range traps where it is set.
public struct WebSocketCompression: Sendable, Hashable {
    /// Whether the server compresses each message by itself. Default true, so that a broadcast is compressed once for all its receivers.
    ///
    /// False makes chat messages of 166 bytes four times smaller (21% instead of 78%), but each connection holds a window of its own.
    public var serverNoContextTakeover = true

    /// Whether the client compresses each message by itself. Default true, so that an idle connection keeps no window in the server.
    public var clientNoContextTakeover = true

    /// Base-two logarithm of the window that the server compresses with: 8...15, default 15.
    ///
    /// zlib cannot keep to 8; such a peer is sent runs of one byte and entropy coding, which fit into any window.
    public var serverMaxWindowBits = 15 {
        didSet { precondition((8...15).contains(self.serverMaxWindowBits), "serverMaxWindowBits is 8...15") }
    }

    /// Base-two logarithm of the window that the client compresses with: 8...15, default 15.
    ///
    /// A server that wants less declines a client that does not offer `client_max_window_bits`, since it could not hold it to that.
    public var clientMaxWindowBits = 15 {
        didSet { precondition((8...15).contains(self.clientMaxWindowBits), "clientMaxWindowBits is 8...15") }
    }

    /// zlib's `memLevel`: 1...9, default 5.
    ///
    /// With 15 window bits a compressor holds 154 KB at 5 and 268 KB at 8. At 5, a message of 166 bytes takes an eighth less time and
    /// shrinks as much, since a smaller hash table is cleared between messages; a history page of 64 KiB takes a sixth more.
    public var memoryLevel = 5 {
        didSet { precondition((1...9).contains(self.memoryLevel), "memoryLevel is 1...9") }
    }

    /// zlib's compression level: 1...9, default 1.
    ///
    /// A message of 2 KiB shrinks to 46% in 37 µs at 1, and to 44% in 55 µs at 6; a history page of 64 KiB to 37% and 31%, in 0.7 and
    /// 4.5 ms.
    public var level = 1 {
        didSet { precondition((1...9).contains(self.level), "level is 1...9") }
    }

    /// Messages of fewer bytes go uncompressed. Default 256: below it, one saves at most 70 bytes for 12 µs at the sender and 3 µs at
    /// each receiver, and never a packet.
    ///
    /// With context takeover less is better: then 166 bytes shrink to 35 in 1.3 µs.
    public var threshold = 256 {
        didSet { precondition(self.threshold >= 0, "threshold is not negative") }
    }

    /// Inflated over deflated bytes, above which a message is refused with 1009, once it has inflated to more than 256 KiB. Default 200.
    ///
    /// Stops a message that costs its sender nothing from costing the receiver its time and memory, where the limit on a message's size
    /// is set high. DEFLATE reaches 1,032; a history page of short messages reaches 5.
    public var maximumRatio = 200 {
        didSet { precondition(self.maximumRatio > 0, "maximumRatio is positive") }
    }

    public init() {}
}
