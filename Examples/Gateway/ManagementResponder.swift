import APIGateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers every request that is no WebSocket handshake: calls of `@connections`.
struct ManagementResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let api: WebSocketAPI

    func respond(to request: Request, context: Context) async throws -> Response {
        let head = request.head
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: self.api.maximumRequestBodyBytes)
        } catch is NIOTooManyBytesError {
            return Response(status: .contentTooLarge, headers: [HTTPField.Name("x-amzn-ErrorType")!: "PayloadTooLargeException"])
        }
        let answer = await self.api.respond(to: head, body: Array(body.readableBytesView))
        return Response(
            status: answer.response.status, headers: answer.response.headerFields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
