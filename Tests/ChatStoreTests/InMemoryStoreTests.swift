import ChatProtocol
import ChatStore
import Testing

struct InMemoryStoreTests {
    @Test func eachStoreHasItsOwnEpoch() async throws {
        let first = try await InMemoryStore().position(room: "general").epoch
        let second = try await InMemoryStore().position(room: "general").epoch
        #expect(first != second)
    }

    @Test func anEpochHasAlwaysTheSameLength() {
        for _ in 0..<1000 { #expect(StoreEpoch.random().utf8.count == 16) }
    }
}
