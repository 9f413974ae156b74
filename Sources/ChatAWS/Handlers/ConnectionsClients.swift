import AWSClient
import AWSLambda
import Synchronization

/// The clients of `@connections` that a function has made: an event says from which API it comes, and nearly always it is the same.
final class ConnectionsClients: Sendable {
    /// The most that are kept. Stops events with made-up hosts from filling the memory.
    private static let maximumClients = 16

    private let override: AWSEndpoint?
    private let make: @Sendable (AWSEndpoint) -> ConnectionsClient
    private let clients = Mutex<[AWSEndpoint: ConnectionsClient]>([:])

    init(override: AWSEndpoint?, make: @escaping @Sendable (AWSEndpoint) -> ConnectionsClient) {
        self.override = override
        self.make = make
    }

    /// - Throws: ``AWSError`` with `invalidConfiguration` if the event names no host.
    func client(for context: APIGatewayRequestContext) throws -> ConnectionsClient {
        let endpoint = try self.override ?? Self.endpoint(for: context)
        return self.clients.withLock { clients in
            if let client = clients[endpoint] { return client }
            if clients.count == Self.maximumClients { clients = [:] }
            let client = self.make(endpoint)
            clients[endpoint] = client
            return client
        }
    }

    /// Where `@connections` is: at the host that the client connected to, under the stage.
    static func endpoint(for context: APIGatewayRequestContext) throws -> AWSEndpoint {
        try AWSEndpoint(url: "https://\(context.domainName)/\(AWSOperation.percentEncode(context.stage))")
    }
}
