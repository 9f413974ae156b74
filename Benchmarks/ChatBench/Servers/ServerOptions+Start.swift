import Foundation

extension ServerOptions {
    /// Starts a server and waits until it takes connections.
    ///
    /// - Throws: ``NotInstalled`` if it is not there.
    func start(_ kind: ServerKind) async throws -> RunningServer {
        switch kind {
        case .raw: return try self.startRaw()
        case .rawPadded: return try self.startRaw(padding: ChatFrameOverhead.bytes)
        case .chat: return try await self.startChat()
        case .limit: return try self.startLimit("send")
        case .limitCoalescing: return try self.startLimit("coalesce")
        case .nchan: return try self.startNchan()
        case .pythonWebSockets:
            let process = try ServerProcess(
                try self.peer("python/bin/python3"), ["\(self.peers)/websockets_server.py"], readiness: .line)
            return RunningServer(process: process, endpoint: ServerEndpoint(port: process.port))
        }
    }

    private func startRaw(padding: Int = 0) throws -> RunningServer {
        let process = try ServerProcess(try self.program("BroadcastServer"), ["--port", "0"], readiness: .line)
        return RunningServer(
            process: process, endpoint: ServerEndpoint(port: process.port, messageSuffix: String(repeating: " ", count: padding)))
    }

    private func startLimit(_ mode: String) throws -> RunningServer {
        let port = try ClientSocket.freePort()
        let process = try ServerProcess(try self.peer("limit"), ["\(port)", mode], readiness: .port(port))
        return RunningServer(process: process, endpoint: ServerEndpoint(port: port))
    }
}
