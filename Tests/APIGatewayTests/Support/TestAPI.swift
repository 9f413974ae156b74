import APIGatewayDefinition
import AWSClient
import ChatProtocol
import ChatStore
import ChatTransport
import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import APIGateway

/// An API that listens on the loopback.
struct TestAPI {
    let api: WebSocketAPI
    let invoker: FakeInvoker
    let server: WebSocketServer
    let accessLog: LineLog

    static func with<Value>(
        _ definition: APIDefinition, _ functions: [String: FakeInvoker.Function] = [:],
        configure: (inout WebSocketAPIConfiguration) -> Void = { _ in }, _ body: (TestAPI) async throws -> Value
    ) async throws -> Value {
        let invoker = FakeInvoker(functions)
        let log = LineLog()
        var configuration = WebSocketAPIConfiguration(definition)
        configuration.server.drainTimeout = .seconds(5)
        configure(&configuration)
        let api = try WebSocketAPI(
            definition, invoker: invoker, configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            accessLog: { log.add($0) })
        let server = try await WebSocketServer.listen(
            on: .hostname("127.0.0.1", port: 0), acceptor: api.acceptor, eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let test = TestAPI(api: api, invoker: invoker, server: server, accessLog: log)
        let result: Result<Value, any Error>
        do { result = .success(try await body(test)) } catch { result = .failure(error) }
        await server.drain()
        await api.shutDown()
        return try result.get()
    }

    func url(_ target: String = "/prod") -> String { "ws://127.0.0.1:\(self.server.localAddress.port ?? 0)\(target)" }

    func connect<Value>(
        _ target: String = "/prod", headers: HTTPFields = [:], subprotocols: [String] = [],
        _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        var configuration = WebSocketClientConfiguration()
        configuration.headers = headers
        configuration.subprotocols = subprotocols
        return try await WebSocketClient.withConnection(to: self.url(target), configuration: configuration, body)
    }

    /// - Parameter status: what the handshake is refused with; nil if it is not.
    func expectRefusal(_ status: Int?, _ target: String = "/prod", sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var refusal: Int?
        do {
            try await self.connect(target) { _ in }
        } catch let error as WebSocketError where error.code == .handshakeRejected {
            refusal = error.status
        }
        #expect(refusal == status, sourceLocation: sourceLocation)
    }

    /// A call of `@connections`, signed by a key of the definition.
    func manage(
        _ method: HTTPRequest.Method, _ id: String, body: String = "", key: AccessKeyDefinition = .messageHandler
    ) async -> (response: HTTPResponse, body: [UInt8]) {
        let request = AWSHTTPRequest.signed(method, id: id, body: body.bytes, key: key, at: .now())
        let http = HTTPRequest(
            method: request.method, scheme: request.scheme, authority: request.host, path: request.path, headerFields: request.headers)
        return await self.api.respond(to: http, body: request.body)
    }
}

/// What was written to the access log.
final class LineLog: Sendable {
    private let state = Mutex<(lines: [String], waiting: [CheckedContinuation<String, Never>])>(([], []))

    func add(_ line: String) {
        let waiter: CheckedContinuation<String, Never>? = self.state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.lines.append(line)
            return nil
        }
        waiter?.resume(returning: line)
    }

    func next() async -> String {
        await withCheckedContinuation { continuation in
            let line: String? = self.state.withLock { state in
                if !state.lines.isEmpty { return state.lines.removeFirst() }
                state.waiting.append(continuation)
                return nil
            }
            if let line { continuation.resume(returning: line) }
        }
    }
}

/// Lets a function wait until the test says that it may go on.
final class TestGate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiting = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

extension WebSocketConnection.Messages.AsyncIterator {
    /// The next message's text; nil once the connection has ended.
    mutating func text() async throws -> String? { try await self.next().map { String(buffer: $0.bytes) } }
}

extension AWSHTTPRequest {
    static func signed(
        _ method: HTTPRequest.Method, path: String? = nil, id: String = "", body: [UInt8] = [], key: AccessKeyDefinition,
        at time: Timestamp, region: String = "us-east-1"
    ) -> AWSHTTPRequest {
        let path = path ?? "/prod/@connections/\(PercentEncoding.encode(id))"
        var request = AWSHTTPRequest(method: method, host: "localhost:8443", path: path, body: body)
        let signer = SigV4Signer(service: "execute-api", region: region)
        signer.sign(
            &request, credentials: AWSCredentials(accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey), at: time)
        return request
    }
}
