import NIOCore

@testable import ChatTransport

extension WirePeer {
    /// Asks for a WebSocket.
    func ask(after bytes: [UInt8] = [], _ change: (inout HandshakeRequest) -> Void = { _ in }) {
        self.send(bytes + Array(HandshakeRequest().changed(change).text.utf8))
    }

    /// The status of the answer; nil if the connection ends without one.
    func status() async throws -> Int? {
        let head = try await self.head()
        return head.isEmpty ? nil : HandshakeResponse(head + "\r\n\r\n")?.status ?? Int(head.split(separator: " ")[1])
    }

    /// Connects, asks, and returns the status of the answer.
    static func status(from port: Int, _ change: (inout HandshakeRequest) -> Void = { _ in }) async throws -> Int? {
        let peer = try await self.connect(to: port)
        peer.ask(change)
        let status = try await peer.status()
        peer.vanish()
        return status
    }
}
