import AWSClient
import ChatProtocol
import ChatStore
import Foundation
import Testing

@testable import ChatAWS

/// What a network and a busy DynamoDB do to an append: nothing is lost that was acknowledged, nothing is kept twice.
@Suite(.enabled(if: LiveDynamoDB.isThere, "DYNAMODB_ENDPOINT names no DynamoDB"))
struct AppendFaultTests {
    private func store(
        _ tables: DynamoDBStore.Tables, attempts: Int = 30, _ rule: @escaping @Sendable (FaultyHTTPClient.Seen) -> FaultyHTTPClient.Fault?
    ) throws -> (DynamoDBStore, FaultyHTTPClient) {
        let http = FaultyHTTPClient(rule: rule)
        let client = try LiveDynamoDB.client(http, surroundings: .hasty)
        return (DynamoDBStore(client: client, tables: tables, backoff: .hasty(attempts: attempts)), http)
    }

    /// More than AWSClient tries by itself, so that the store has to find out.
    private static let many = 10

    @Test(arguments: ["PutItem", "TransactWriteItems"], [1, many])
    func aLostAnswerIsFoundOut(_ operation: String, _ times: Int) async throws {
        try await LiveDynamoDB.withTables { tables in
            let (store, http) = try self.store(tables) { $0.operation == operation && $0.count <= times ? .loseAnswer : nil }
            let id = operation == "PutItem" ? nil : "c-1"
            let first = try await store.append([.sample("first", clientMessageId: id)])
            let second = try await store.append([.sample("second", clientMessageId: id.map { "\($0)2" })])
            #expect((first + second).map(\.receipt.sequence) == [1, 2])
            #expect((first + second).map(\.isNew) == [true, true])
            #expect(try await store.everything().map(\.message) == ["first", "second"])
            #expect(http.faults >= 1)
        }
    }

    @Test(arguments: [nil, "c-1"])
    func aLostRequestIsSentAgain(_ id: String?) async throws {
        try await LiveDynamoDB.withTables { tables in
            let (store, http) = try self.store(tables) {
                ["PutItem", "TransactWriteItems"].contains($0.operation) && $0.count <= Self.many ? .loseRequest : nil
            }
            #expect(try await store.append([.sample("first", clientMessageId: id)]).map(\.receipt.sequence) == [1])
            #expect(try await store.everything().map(\.message) == ["first"])
            #expect(http.faults == Self.many)
        }
    }

    /// The transaction was carried out, its answer was lost, and the repetition met the first one still under way.
    @Test func aConflictWithOneselfIsNoLoss() async throws {
        try await LiveDynamoDB.withTables { tables in
            let (store, http) = try self.store(tables) {
                guard $0.operation == "TransactWriteItems" || $0.operation == "PutItem" else { return nil }
                return $0.count == 1 ? .loseAnswer : $0.count <= Self.many ? .refuse("TransactionConflictException") : nil
            }
            let messages = [NewMessage.sample("a", room: "a"), .sample("b", room: "b")]
            #expect(try await store.append(messages).map(\.receipt.sequence) == [1, 1])
            #expect(try await store.append([.sample("single", room: "a")]).map(\.receipt.sequence) == [2])
            #expect(try await store.everything("a").map(\.message) == ["a", "single"])
            #expect(try await store.everything("b").map(\.message) == ["b"])
            #expect(http.faults >= 2)
        }
    }

    @Test(arguments: ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"])
    func throttlingIsWaitedOut(_ name: String) async throws {
        try await LiveDynamoDB.withTables { tables in
            let (store, http) = try self.store(tables) { $0.count <= 2 ? .refuse(name) : nil }
            #expect(try await store.append([.sample("a", clientMessageId: "c")]).map(\.receipt.sequence) == [1])
            #expect(try await store.position(room: "general").sequence == 1)
            #expect(http.faults >= 6)
        }
    }

    @Test func throttlingWithoutAnEndIsAnOverload() async throws {
        try await LiveDynamoDB.withTables { tables in
            let (store, _) = try self.store(tables, attempts: 2) {
                $0.operation == "Query" ? nil : .refuse("ThrottlingException")
            }
            let error = await #expect(throws: StoreError.self) { try await store.append([.sample()]) }
            #expect(error?.code == .overloaded)
        }
    }

    @Test func aDeadDynamoDBIsAFailure() async throws {
        try await LiveDynamoDB.withTables { tables in
            let (store, _) = try self.store(tables, attempts: 2) { _ in .loseRequest }
            let error = await #expect(throws: StoreError.self) { try await store.append([.sample()]) }
            #expect(error?.code == .failed)
        }
    }

    @Test func whatOneTransactionCannotTakeIsRefusedWhole() async throws {
        try await LiveDynamoDB.withStore { (store: DynamoDBStore) async throws -> Void in
            let error = await #expect(throws: StoreError.self) {
                try await store.append((0..<100).map { .sample(clientMessageId: "c-\($0)") })
            }
            #expect(error?.code == .failed)
            #expect(try await store.position(room: "general").sequence == 0)
            #expect(try await store.append((0..<99).map { .sample(clientMessageId: "c-\($0)") }).count == 99)
        }
    }

    /// The answer does not always have the items that stood in the way.
    @Test func refusalsWithoutTheirItemsAreLookedUp() async throws {
        try await LiveDynamoDB.withTables { tables in
            let plain = DynamoDBStore(client: try LiveDynamoDB.client(), tables: tables)
            let first = try await plain.append((0..<3).map { .sample("\($0)", clientMessageId: "c-\($0)") })
            let (store, http) = try self.store(tables) {
                guard $0.operation == "TransactWriteItems", $0.count == 1 else { return nil }
                let failed = #"{"Code":"ConditionalCheckFailed"}"#
                return .answer(
                    .json(
                        """
                        {"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},\(failed),\(failed),\(failed)]}
                        """, status: 400))
            }
            let again = try await store.append((0..<3).map { .sample("\($0)", clientMessageId: "c-\($0)") })
            #expect(again.map(\.receipt) == first.map(\.receipt))
            #expect(again.allSatisfy { !$0.isNew })
            #expect(http.count("BatchGetItem") == 1)
        }
    }
}
