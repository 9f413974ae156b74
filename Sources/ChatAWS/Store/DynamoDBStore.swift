import ChatProtocol
import ChatStore
import Synchronization

/// Keeps everything in DynamoDB. Any number of processes may use the same tables at once.
///
/// `docs/DYNAMODB.md` has the design of the tables, with reasons and with what each operation costs. In short:
/// - two tables, Connections and Messages, since a function that only connects must not be able to read what was said;
/// - no request scans: who is in a room lies in one partition of Connections, what was said in one of Messages;
/// - reads are consistent, so nothing that was acknowledged is missed. A global secondary index could not promise that;
/// - a message gets its number by being written under it on condition that nobody else's is there.
///
/// The users and keys of a user pool of one's own live in a third table, which who uses Cognito does not need: they are secrets, and
/// the functions of the chat have no business with them.
///
/// Operations throw ``StoreError``: `overloaded` if DynamoDB throttles or too many write to one room at once, where nothing was kept;
/// `failed` for all else. After `failed` from an append whose answer was lost again and again, whether it was kept is not known; it is
/// safe to send again with the same `clientMessageId`.
public final class DynamoDBStore: Sendable {
    /// The names of the tables. All are made alike: partition key `pk` and sort key `sk`, both strings; time to live `expiresAt`.
    public struct Tables: Sendable, Hashable {
        /// For ``ConnectionStore``.
        public var connections: String?
        /// For ``MessageStore``.
        public var messages: String?
        /// For ``UserStore`` and ``KeyStore``.
        public var users: String?

        /// - Parameters: the names; nil for a table that this process does not use, whose operations then throw.
        public init(connections: String? = nil, messages: String? = nil, users: String? = nil) {
            self.connections = connections
            self.messages = messages
            self.users = users
        }
    }

    public let tables: Tables
    let client: DynamoDBClient
    let backoff: Backoff
    /// The tasks that append to a room.
    let rooms = KeyedLocks()
    /// The tasks that change a connection.
    let connectionLocks = KeyedLocks()
    let epoch = Mutex<String?>(nil)

    public convenience init(client: DynamoDBClient, tables: Tables) {
        self.init(client: client, tables: tables, backoff: Backoff())
    }

    init(client: DynamoDBClient, tables: Tables, backoff: Backoff) {
        self.client = client
        self.tables = tables
        self.backoff = backoff
    }

    static func name(_ table: String?, _ what: String) throws(StoreError) -> String {
        guard let table else { throw StoreError(.failed, "There is no table of \(what).") }
        return table
    }

    /// Runs `body`, whose errors become the store's.
    func mappingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as StoreError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as DynamoDBError where error.isTransient {
            throw StoreError(.overloaded, "DynamoDB cannot do it now.", underlying: error)
        } catch {
            throw StoreError(.failed, "DynamoDB failed.", underlying: error)
        }
    }

    /// Makes the tables that have a name, and waits until they are there. Those that are there stay as they are.
    ///
    /// For one's own machine and for tests; on AWS the template makes them.
    public func createTables() async throws {
        try await self.mappingErrors {
            for name in [self.tables.connections, self.tables.messages, self.tables.users].compactMap({ $0 }) {
                try await self.client.createTable(name, timeToLive: "expiresAt", backoff: self.backoff)
            }
        }
    }

    /// Deletes the tables that have a name, with all that is in them.
    public func deleteTables() async throws {
        try await self.mappingErrors {
            for name in [self.tables.connections, self.tables.messages, self.tables.users].compactMap({ $0 }) {
                try await self.client.deleteTable(name)
            }
        }
    }
}

extension Timestamp {
    /// What DynamoDB's time to live wants: whole seconds, never earlier.
    var timeToLive: AttributeValue { .integer((self.millisecondsSinceEpoch + 999) / 1000) }

    var attribute: AttributeValue { .integer(self.millisecondsSinceEpoch) }
}
