import ArgumentParser
import ChatAuth
import ChatStore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The user pool's box: Cognito's protocol and the pool's public keys, users in memory.
struct ServeUserPool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "user-pool", abstract: "Serves a user pool.", shouldDisplay: false)

    @Option(help: "REGION_NAME.") var pool: String
    @Option(help: "Id of the application that users sign in to.") var client: String
    @Option(help: "Port to listen on; 0 lets the system choose.") var port = 0

    func run() async throws {
        let logger = Logger(label: "user-pool") { StreamLogHandler.standardError(label: $0) }
        let store = InMemoryStore()
        var configuration = UserPoolConfiguration(poolId: self.pool, clientIds: [self.client])
        configuration.autoConfirm = true
        let pool = try await UserPool(
            configuration: configuration, users: store, keys: store, delivery: LogCodeDelivery(logger: logger), logger: logger)
        let router = Router()
        // The page comes from another origin, as it does on AWS. No cookie ever says who is asking, so any may ask.
        router.add(
            middleware: CORSMiddleware(
                allowOrigin: .all, allowHeaders: [.contentType, HTTPField.Name("x-amz-target")!, HTTPField.Name("x-amz-user-agent")!],
                allowMethods: [.post, .get]))
        router.post("/") { request, _ in
            var request = request
            let body = try await request.collectBody(upTo: UserPoolEndpoint.maximumBodyBytes)
            let answer = await UserPoolEndpoint(pool: pool).respond(to: request.head, body: Array(body.readableBytesView))
            return Response(
                status: answer.response.status, headers: answer.response.headerFields,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
        let keys = pool.keySet.encoded()
        router.get(RouterPath("/\(self.pool)/.well-known/jwks.json")) { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: keys)))
        }
        try await serve(router, port: self.port)
    }
}
