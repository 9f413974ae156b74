import ChatProtocol
import ChatStore
import HTTPTypes
import Logging
import Testing

@testable import ChatAuth

/// A store that fails is the server's fault, and its reasons are nobody's business.
struct UserPoolFailureTests {
    struct BrokenUsers: UserStore {
        func insert(_ user: UserRecord) async throws { throw StoreError(.failed, "secret reason") }
        func user(pool: String, username: String) async throws -> UserRecord? { throw StoreError(.failed, "secret reason") }
        func update(_ user: UserRecord) async throws { throw StoreError(.failed, "secret reason") }
        func insert(_ token: RefreshTokenRecord) async throws { throw StoreError(.failed, "secret reason") }
        func refreshToken(digest: [UInt8]) async throws -> RefreshTokenRecord? { throw StoreError(.failed, "secret reason") }
        func removeRefreshToken(digest: [UInt8]) async throws {}
        func removeExpiredRefreshTokens(now: Timestamp) async throws -> Int { 0 }
    }

    @Test func aFailingStoreIsAnInternalError() async throws {
        let keys = InMemoryStore()
        _ = try await keys.insertFirst(TokenForge.shared.record)
        let pool = try await UserPool(
            configuration: UserPoolConfiguration(poolId: PoolFixture.poolId, clientIds: ["client-1"]), users: BrokenUsers(), keys: keys,
            delivery: RecordingCodeDelivery(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var request = HTTPRequest(method: .post, scheme: "https", authority: "pool.example", path: "/")
        request.headerFields[.amzTarget] = "AWSCognitoIdentityProviderService.ConfirmSignUp"
        let body = #"{"ClientId":"client-1","Username":"alice","ConfirmationCode":"1"}"#
        let (response, answer) = await UserPoolEndpoint(pool: pool).respond(to: request, body: Array(body.utf8))
        #expect(response.status == .internalServerError)
        #expect(response.headerFields[.amzErrorType] == "InternalErrorException")
        #expect(!String(decoding: answer, as: UTF8.self).contains("secret"))
    }

    /// What is not the pool's JSON came from something in between, as a proxy's error page does.
    @Test(arguments: [(502, "<html>"), (503, ""), (400, "[]")])
    func theClientSaysWhichStatusItGot(_ status: Int, _ body: String) async throws {
        let issuer = FakeIssuer()
        issuer.answer(HTTPExchangeResponse(status: .init(code: status), body: Array(body.utf8)))
        let client = UserPoolClient(endpoint: "https://pool.example", poolId: PoolFixture.poolId, clientId: "client-1", exchange: issuer)
        let error = await #expect(throws: UserPoolError.self) { try await client.signIn(username: "alice", password: "x") }
        #expect(error?.code == .internalError)
        #expect(error?.message.contains("\(status)") == true)
    }

    /// AWS's services may put a namespace before the name of an error.
    @Test func theClientReadsAnErrorWithItsNamespace() async throws {
        let issuer = FakeIssuer()
        let json = #"{"__type":"com.amazonaws.cognito#NotAuthorizedException","message":"No."}"#
        issuer.answer(HTTPExchangeResponse(status: .badRequest, body: Array(json.utf8)))
        let client = UserPoolClient(endpoint: "https://pool.example", poolId: PoolFixture.poolId, clientId: "client-1", exchange: issuer)
        await #expect(throws: UserPoolError(.notAuthorized, "No.")) { try await client.refresh("x") }
    }

    @Test func aServerThatIsNotHonestGetsNoProof() async throws {
        let issuer = FakeIssuer()
        let parameters = #"{"USER_ID_FOR_SRP":"a","SALT":"00","SRP_B":"0","SECRET_BLOCK":"AAAA"}"#
        let json = #"{"ChallengeName":"PASSWORD_VERIFIER","ChallengeParameters":\#(parameters)}"#
        issuer.answer(HTTPExchangeResponse(status: .ok, body: Array(json.utf8)))
        let client = UserPoolClient(endpoint: "https://pool.example", poolId: PoolFixture.poolId, clientId: "client-1", exchange: issuer)
        await #expect(throws: SRPError.invalidPublicValue) { try await client.signIn(username: "alice", password: "x") }
        #expect(issuer.requests.count == 1)
    }

    @Test func noPasswordIsSentToSignIn() async throws {
        let issuer = FakeIssuer()
        let parameters = #"{"USER_ID_FOR_SRP":"a","SALT":"00","SRP_B":"2","SECRET_BLOCK":"AAAA"}"#
        issuer.answer(
            HTTPExchangeResponse(
                status: .ok, body: Array(#"{"ChallengeName":"PASSWORD_VERIFIER","ChallengeParameters":\#(parameters)}"#.utf8)))
        let client = UserPoolClient(endpoint: "https://pool.example", poolId: PoolFixture.poolId, clientId: "client-1", exchange: issuer)
        await #expect(throws: UserPoolError.self) { try await client.signIn(username: "alice", password: "correct horse") }
        #expect(issuer.requests.count == 2)
        for request in issuer.requests { #expect(!String(decoding: request.body, as: UTF8.self).contains("correct")) }
    }
}
