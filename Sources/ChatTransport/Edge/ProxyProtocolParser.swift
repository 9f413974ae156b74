import NIOCore

/// Reads the header with which a proxy starts a connection that it passes on, to say where it comes from: the PROXY protocol of
/// HAProxy, versions 1 and 2 (its `proxy-protocol.txt`).
///
/// What the header says of the connection's target, and the further fields of version 2 (TLVs), are skipped, a checksum
/// (`PP2_TYPE_CRC32C`) too: TCP has one, and who forges an address can forge that.
struct ProxyProtocolParser: Sendable {
    enum Result: Sendable, Equatable {
        /// The header is not complete.
        case needMore
        /// It was. A source of nil means that the connection's own address holds: a health check, say. `rest` comes after the header.
        case done(source: SocketAddress?, rest: ByteBuffer)
        /// This is no such header, so the connection must end.
        case invalid
    }

    /// Of the header, so far.
    private var buffer = ByteBuffer()

    /// Must not be called again after another result than `needMore`.
    mutating func receive(_ bytes: ByteBuffer) -> Result {
        // What is kept is bounded, since a header that is too long is found out by its first bytes.
        if self.buffer.readableBytes == 0 { self.buffer = bytes } else { self.buffer.writeImmutableBuffer(bytes) }
        let view = self.buffer.readableBytesView
        let header: Header?
        if view.isPrefix(of: VersionTwo.signature) || view.starts(with: VersionTwo.signature) {
            header = VersionTwo.parse(view)
        } else if view.isPrefix(of: VersionOne.signature) || view.starts(with: VersionOne.signature) {
            header = VersionOne.parse(view)
        } else {
            header = .invalid
        }
        switch header {
        case nil: return .needMore
        case .invalid: return .invalid
        case .valid(let source, let length):
            self.buffer.moveReaderIndex(forwardBy: length)
            return .done(source: source, rest: self.buffer.slice())
        }
    }

    enum Header {
        case valid(source: SocketAddress?, length: Int)
        case invalid
    }
}

extension Collection<UInt8> {
    fileprivate func isPrefix(of bytes: [UInt8]) -> Bool {
        self.count <= bytes.count && bytes.starts(with: self)
    }
}
