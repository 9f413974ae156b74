import ChatProtocol

/// A peer that may have negotiated permessage-deflate, and reads texts.
final class CompressedPeer {
    let peer: WirePeer
    private let inflater: MessageInflater

    /// - Parameter takesOverContext: whether the server's messages may refer to earlier ones.
    init(_ peer: WirePeer, takesOverContext: Bool) {
        self.peer = peer
        self.inflater = MessageInflater(windowBits: 15, takesOverContext: takesOverContext)
    }

    /// The text of the next frame; nil at the end and for what is no text.
    func text() async throws -> String? { try await self.frame().flatMap { $0.opcode == 1 ? $0.text : nil } }

    /// The next frame, decompressed; its reserved bits say whether it was.
    func frame() async throws -> WireFrame? {
        guard var frame = try await self.peer.frame() else { return nil }
        if frame.reserved == 4 { frame.payload = try self.inflate(frame.payload) }
        return frame
    }

    private func inflate(_ payload: [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try payload.withUnsafeBytes { chunk in
            try self.inflater.inflate(chunk, isLast: true, limit: .init(maximumBytes: 1 << 24, maximumRatio: 2000)) { bytes += $0 }
        }
        return bytes
    }
}
