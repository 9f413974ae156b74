import AWSClient
import ChatProtocol
import Foundation
import Logging

@testable import ChatAWS

/// A DynamoDB that the tests may fill: what `DYNAMODB_ENDPOINT` names, as `http://127.0.0.1:5000`. `scripts/dynamodb-test` starts one.
enum LiveDynamoDB {
    static let endpoint = ProcessInfo.processInfo.environment["DYNAMODB_ENDPOINT"]

    static var isThere: Bool { Self.endpoint?.isEmpty == false }

    static func client(_ http: (any AWSHTTPClient)? = nil, surroundings: AWSClient.Surroundings = .init()) throws -> DynamoDBClient {
        let credentials = StaticAWSCredentials(AWSCredentials(accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret"))
        return DynamoDBClient(
            AWSClient(
                service: "dynamodb", region: "eu-central-1", endpoint: try AWSEndpoint(url: Self.endpoint ?? ""), credentials: credentials,
                http: http ?? AsyncAWSHTTPClient(), configuration: AWSClient.Configuration(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, surroundings: surroundings))
    }

    /// Tables of their own for a test.
    static func tables() -> DynamoDBStore.Tables {
        let id = UUID().uuidString
        return DynamoDBStore.Tables(connections: "Connections-\(id)", messages: "Messages-\(id)", users: "Users-\(id)")
    }

    /// Makes tables, and takes them away afterwards.
    static func withTables(_ body: (DynamoDBStore.Tables) async throws -> Void) async throws {
        let store = DynamoDBStore(client: try Self.client(), tables: Self.tables())
        try await store.createTables()
        try await body(store.tables)
        try await store.deleteTables()
    }

    /// Makes tables and opens a store on them, and takes them away afterwards.
    static func withStore(_ body: (DynamoDBStore) async throws -> Void) async throws {
        try await Self.withTables { try await body(DynamoDBStore(client: try Self.client(), tables: $0)) }
    }
}
