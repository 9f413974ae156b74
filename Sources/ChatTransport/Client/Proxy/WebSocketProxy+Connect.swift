package import NIOCore

extension WebSocketProxy {
    /// Sets a channel up to ask the proxy for a tunnel, once it is connected to the proxy. On its event loop, before anything else is
    /// added to its pipeline.
    ///
    /// - Parameters:
    ///   - targetHost: the server's name or address, without brackets.
    ///   - deadline: when to give up.
    ///   - connected: succeeds on the event loop when the tunnel stands. Whoever uses it adds their handlers right then, in the callback:
    ///     bytes that have come through the tunnel already are forwarded after it returns, and the pipeline is theirs alone. Fails with
    ///     ``WebSocketProxyError`` otherwise; the channel is closed.
    package static func addToPipeline(
        of channel: any Channel, proxy: WebSocketProxy, targetHost: String, targetPort: Int, deadline: NIODeadline,
        connected: EventLoopPromise<Void>
    ) {
        do throws(WebSocketProxyError) {
            let request = try proxy.connectRequest(targetHost: targetHost, targetPort: targetPort)
            let handler = ProxyConnectHandler(request: request, deadline: deadline, connected: connected)
            // Fails if the channel is closed already.
            guard (try? channel.pipeline.syncOperations.addHandler(handler)) != nil else { throw WebSocketProxyError(.closed) }
        } catch {
            connected.fail(error)
            channel.close(promise: nil)
        }
    }

    /// RFC 9112 section 3.2.3.
    func connectRequest(targetHost: String, targetPort: Int) throws(WebSocketProxyError) -> ByteBuffer {
        // A line break would begin a field, or a second request, of somebody else's making.
        guard !targetHost.isEmpty, targetHost.utf8.count <= 255, targetHost.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            (1...65_535).contains(targetPort)
        else { throw WebSocketProxyError(.invalidTarget) }
        let target = targetHost.contains(":") ? "[\(targetHost)]:\(targetPort)" : "\(targetHost):\(targetPort)"
        var request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
        if let authorization { request += "Proxy-Authorization: \(authorization.value)\r\n" }
        return ByteBuffer(string: request + "\r\n")
    }
}
