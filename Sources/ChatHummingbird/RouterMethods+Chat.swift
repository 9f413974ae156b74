public import ChatServer
import HTTPTypes
public import Hummingbird
import NIOCore

extension RouterMethods {
    /// Adds a chat's HTTP endpoints: user pool, keys, health, metrics.
    ///
    /// - Parameter webSocketPath: what ``HTTPServerBuilder/chat(_:path:tls:configuration:)`` was given. A request for it that comes on a
    ///   connection which has served others is answered with 426.
    @discardableResult
    public func addChat(_ endpoints: ChatEndpoints, webSocketPath: String = "/ws") -> Self {
        for route in endpoints.routes {
            self.on(RouterPath(route.path), method: route.method) { request, _ in
                var request = request
                let body = try await request.collectBody(upTo: ChatEndpoints.maximumBodyBytes)
                guard let answer = await endpoints.respond(to: request.head, body: Array(body.readableBytesView)) else {
                    throw HTTPError(.notFound)
                }
                return Response(
                    status: answer.response.status, headers: answer.response.headerFields,
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
            }
        }
        self.on(RouterPath(webSocketPath), method: .get) { _, _ in
            Response(status: .upgradeRequired, headers: [.upgrade: "websocket", .connection: "upgrade"])
        }
        return self
    }
}
