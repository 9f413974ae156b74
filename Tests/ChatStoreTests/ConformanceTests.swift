import ChatStore
import ChatTesting
import Testing

struct ConformanceTests {
    @Test(arguments: Backend.allCases, StoreConformance.messages)
    func messages(_ backend: Backend, _ check: StoreCheck<any MessageStore>) async throws {
        try await backend.withStore { try await check.run(on: $0) }
    }

    @Test(arguments: Backend.allCases, StoreConformance.connections)
    func connections(_ backend: Backend, _ check: StoreCheck<any ConnectionStore>) async throws {
        try await backend.withStore { try await check.run(on: $0) }
    }

    @Test(arguments: Backend.allCases, StoreConformance.users)
    func users(_ backend: Backend, _ check: StoreCheck<any UserStore>) async throws {
        try await backend.withStore { try await check.run(on: $0) }
    }

    @Test(arguments: Backend.allCases, StoreConformance.keys)
    func keys(_ backend: Backend, _ check: StoreCheck<any KeyStore>) async throws {
        try await backend.withStore { try await check.run(on: $0) }
    }

    /// A backend that is slow to set up is tested in one store, by all checks at once.
    @Test(arguments: Backend.allCases)
    func checksShareAStore(_ backend: Backend) async throws {
        try await backend.withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for check in StoreConformance.messages { group.addTask { try await check.run(on: store) } }
                for check in StoreConformance.connections { group.addTask { try await check.run(on: store) } }
                for check in StoreConformance.users { group.addTask { try await check.run(on: store) } }
                for check in StoreConformance.keys { group.addTask { try await check.run(on: store) } }
                try await group.waitForAll()
            }
        }
    }

    @Test func namesAreUnique() {
        let names =
            StoreConformance.messages.map(\.name) + StoreConformance.connections.map(\.name) + StoreConformance.users.map(\.name)
            + StoreConformance.keys.map(\.name)
        #expect(Set(names).count == names.count)
    }
}
