import AWSClient
import AWSLambda
import ChatAWS
import Logging
import Synchronization

/// A function that answers each message, to measure what stands before it: on the route `echo` by the route response, on `post` by a
/// POST to the connection.
@main
final class EchoFunction: TypedLambdaHandler {
    private let credentials: any AWSCredentialProvider
    private let region: String
    private let client = Mutex<ConnectionsClient?>(nil)

    static func main() async {
        await LambdaRuntime.main { try EchoFunction($0) }
    }

    init(_ environment: [String: String]) throws {
        self.region = try AWSRegion.resolve(environment: environment)
        self.credentials = CredentialChain.standard(environment: environment, http: AsyncAWSHTTPClient())
    }

    func handle(_ event: APIGatewayWebSocketEvent, context: LambdaContext) async throws -> APIGatewayProxyResponse {
        let request = event.requestContext
        switch request.routeKey {
        case "echo":
            // The text of the message inside of JSON text, as the Python function beside it returns it.
            let body = APIGatewayProxyResponse(statusCode: 200, body: event.body ?? "").json
            return APIGatewayProxyResponse(statusCode: 200, body: Self.echo(body))
        case "post":
            try await self.connections(request, context.logger).post(Array((event.body ?? "").utf8), to: request.connectionId)
            return APIGatewayProxyResponse(statusCode: 200)
        default: return APIGatewayProxyResponse(statusCode: 200)
        }
    }

    /// `{"statusCode":200,"body":"…"}` with the name of its member changed: so the text is escaped once, by whoever knows how.
    private static func echo(_ response: [UInt8]) -> String {
        String(decoding: response, as: UTF8.self).replacing(#""body":"#, with: #""echo":"#, maxReplacements: 1)
    }

    private func connections(_ request: APIGatewayRequestContext, _ logger: Logger) throws -> ConnectionsClient {
        try self.client.withLock { client in
            if let client { return client }
            let endpoint = try AWSEndpoint(url: "https://\(request.domainName)/\(request.stage)")
            let new = ConnectionsClient(region: self.region, endpoint: endpoint, credentials: self.credentials, logger: logger)
            client = new
            return new
        }
    }
}
