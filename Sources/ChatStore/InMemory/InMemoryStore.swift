import Synchronization

/// Everything in memory, for tests and for chats that need not outlive the process. Unbounded: what is appended stays.
public final class InMemoryStore: Sendable {
    let messages: Mutex<InMemoryMessages>
    let connections = Mutex(InMemoryConnections())
    let users = Mutex(InMemoryUsers())
    let keys = Mutex<[String: [SigningKeyRecord]]>([:])

    public init() {
        self.messages = Mutex(InMemoryMessages(epoch: StoreEpoch.random()))
    }
}
