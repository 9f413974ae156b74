import ChatProtocol

/// The two directions of a connection with permessage-deflate.
struct Compressing {
    let inflating: MessageInflating
    let deflating: MessageDeflating

    init(_ parameters: PerMessageDeflateParameters, settings: WebSocketSettings, loop: WebSocketLoop) {
        let allowed = settings.compression ?? WebSocketCompression()
        let server = (bits: parameters.serverMaxWindowBits, takesOver: !parameters.serverNoContextTakeover)
        let client = (bits: parameters.clientMaxWindowBits, takesOver: !parameters.clientNoContextTakeover)
        let (inbound, outbound) = settings.role == .server ? (client, server) : (server, client)
        self.inflating = MessageInflating(
            windowBits: inbound.bits, takesOverContext: inbound.takesOver,
            limits: .init(maximumBytes: settings.maximumMessageBytes, maximumRatio: allowed.maximumRatio), pool: loop.inflaters)
        self.deflating = MessageDeflating(
            windowBits: outbound.bits, takesOverContext: outbound.takesOver, compression: allowed, pool: loop.deflaters)
    }
}
