import ChatProtocol
import ChatStore
import Foundation
import HTTPTypes
import Logging
import Synchronization

@testable import ChatAuth

/// Keeps the codes that would have been sent.
final class RecordingCodeDelivery: CodeDelivery {
    struct Failure: Error {}

    private let codes = Mutex<[(username: String, code: String)]>([])
    private let isFailing = Mutex(false)

    func fail() { self.isFailing.withLock { $0 = true } }

    func deliver(code: String, username: String, attributes: [String: String]) async throws {
        if self.isFailing.withLock({ $0 }) { throw Failure() }
        self.codes.withLock { $0.append((username, code)) }
    }

    var count: Int { self.codes.withLock(\.count) }

    func lastCode(_ username: String) -> String? {
        self.codes.withLock { $0.last { $0.username == username }?.code }
    }
}

/// Hands a client's requests to the endpoint, as a network would.
struct EndpointExchange: HTTPExchange {
    let endpoint: UserPoolEndpoint

    func send(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        let head = HTTPRequest(
            method: request.method, scheme: "https", authority: "pool.example", path: "/", headerFields: request.headers)
        let (response, body) = await self.endpoint.respond(to: head, body: request.body)
        return HTTPExchangeResponse(status: response.status, body: body)
    }
}

/// A user pool with a clock that stands still, and all that is around it.
struct PoolFixture: Sendable {
    static let poolId = "eu-central-1_Test"
    static let password = "Pässw0rd! 1"

    let clock = ManualClock()
    let store = InMemoryStore()
    let delivery = RecordingCodeDelivery()
    let pool: UserPool
    let endpoint: UserPoolEndpoint
    let client: UserPoolClient

    init(_ change: (inout UserPoolConfiguration) -> Void = { _ in }) async throws {
        var configuration = UserPoolConfiguration(poolId: Self.poolId, clientIds: ["client-1", "client-2"])
        change(&configuration)
        _ = try await self.store.insertFirst(TokenForge.shared.record)  // Spares each test a key of its own.
        self.pool = try await UserPool(
            configuration: configuration, users: self.store, keys: self.store, delivery: self.delivery,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { [clock] in clock.now })
        self.endpoint = UserPoolEndpoint(pool: self.pool)
        self.client = UserPoolClient(
            endpoint: "https://pool.example", poolId: Self.poolId, clientId: "client-1",
            exchange: EndpointExchange(endpoint: self.endpoint))
    }

    func addUser(_ username: String = "alice", password: String = Self.password, isConfirmed: Bool = true) async throws {
        _ = try await self.client.signUp(
            username: username, password: password, attributes: ["email": "alice@example.com", "name": "Alice"])
        guard isConfirmed else { return }
        try await self.client.confirmSignUp(username: username, code: self.delivery.lastCode(username.lowercased()) ?? "")
    }

    /// The two halves of a sign-in, apart.
    struct SignIn: Sendable {
        static let timestamp = "Tue Nov 24 07:00:00 UTC 2026"

        let challenge: PasswordChallenge
        let signature: [UInt8]
    }

    func startSignIn(_ username: String = "alice", password: String = Self.password, clientId: String = "client-1") async throws -> SignIn {
        let srp = SRPClient()
        let challenge = try await self.pool.startSignIn(clientId: clientId, username: username, clientPublicValue: srp.publicValue)
        let signature = try srp.claimSignature(
            poolName: "Test", userId: challenge.userId, password: password, salt: challenge.salt,
            serverPublicValue: challenge.serverPublicValue, secretBlock: challenge.secretBlock, timestamp: SignIn.timestamp)
        return SignIn(challenge: challenge, signature: signature)
    }

    func finish(_ signIn: SignIn, username: String? = nil, clientId: String = "client-1") async throws -> TokenSet {
        try await self.pool.finishSignIn(
            clientId: clientId, username: username ?? signIn.challenge.userId, secretBlock: signIn.challenge.secretBlock,
            timestamp: SignIn.timestamp, signature: signIn.signature)
    }

    /// Posts one operation, as an SDK does.
    func post(_ operation: String, _ body: String) async -> (response: HTTPResponse, body: [UInt8]) {
        await self.post(target: "AWSCognitoIdentityProviderService.\(operation)", Array(body.utf8))
    }

    func post(target: String?, _ body: [UInt8]) async -> (response: HTTPResponse, body: [UInt8]) {
        var request = HTTPRequest(method: .post, scheme: "https", authority: "pool.example", path: "/")
        request.headerFields[.amzTarget] = target
        return await self.endpoint.respond(to: request, body: body)
    }
}
