import ChatStore
import ChatTesting
import Testing

@testable import ChatAWS

@Suite(.enabled(if: LiveDynamoDB.isThere, "DYNAMODB_ENDPOINT names no DynamoDB"))
struct ConformanceTests {
    @Test(arguments: StoreConformance.messages)
    func messages(_ check: StoreCheck<any MessageStore>) async throws {
        try await LiveDynamoDB.withStore { try await check.run(on: $0) }
    }

    @Test(arguments: StoreConformance.connections)
    func connections(_ check: StoreCheck<any ConnectionStore>) async throws {
        try await LiveDynamoDB.withStore { try await check.run(on: $0) }
    }

    @Test(arguments: StoreConformance.users)
    func users(_ check: StoreCheck<any UserStore>) async throws {
        try await LiveDynamoDB.withStore { try await check.run(on: $0) }
    }

    @Test(arguments: StoreConformance.keys)
    func keys(_ check: StoreCheck<any KeyStore>) async throws {
        try await LiveDynamoDB.withStore { try await check.run(on: $0) }
    }

    @Test func checksShareAStore() async throws {
        try await LiveDynamoDB.withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for check in StoreConformance.messages { group.addTask { try await check.run(on: store) } }
                for check in StoreConformance.connections { group.addTask { try await check.run(on: store) } }
                for check in StoreConformance.users { group.addTask { try await check.run(on: store) } }
                for check in StoreConformance.keys { group.addTask { try await check.run(on: store) } }
                try await group.waitForAll()
            }
        }
    }
}
