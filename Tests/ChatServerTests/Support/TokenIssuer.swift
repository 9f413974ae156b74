import ChatAuth
import ChatProtocol
import ChatStore
import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
import Logging

/// A user pool in this process, and the tokens that it gives somebody who signs in.
struct TokenIssuer: Sendable {
    static let poolId = "eu-central-1_Test"
    private static let password = "Pässw0rd! 1"

    let keys: InMemoryStore
    let pool: UserPool

    /// - Parameter keys: what the pool signs with; the same for two pools that share their keys.
    init(
        keys: InMemoryStore = InMemoryStore(), clientId: String = "client-1", issuer: String? = nil,
        now: @escaping @Sendable () -> Timestamp = { .now() }
    ) async throws {
        var configuration = UserPoolConfiguration(poolId: Self.poolId, clientIds: [clientId])
        configuration.autoConfirm = true
        if let issuer { configuration.issuer = issuer }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        self.keys = keys
        self.pool = try await UserPool(
            configuration: configuration, users: InMemoryStore(), keys: keys, delivery: LogCodeDelivery(logger: logger), logger: logger,
            now: now)
    }

    /// Hands requests to the pool's endpoint, as a network would.
    private struct Exchange: HTTPExchange {
        let endpoint: UserPoolEndpoint

        func send(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
            let head = HTTPRequest(method: request.method, scheme: "https", authority: "pool", path: "/", headerFields: request.headers)
            let (response, body) = await self.endpoint.respond(to: head, body: request.body)
            return HTTPExchangeResponse(status: response.status, body: body)
        }
    }

    /// Signs somebody up and in, by SRP.
    func tokens(_ username: String = "alice") async throws -> TokenSet {
        let clientId = self.pool.configuration.clientIds.first ?? ""
        let client = UserPoolClient(
            endpoint: "https://pool", poolId: Self.poolId, clientId: clientId,
            exchange: Exchange(endpoint: UserPoolEndpoint(pool: self.pool)))
        _ = try await client.signUp(username: username, password: Self.password)
        return try await client.signIn(username: username, password: Self.password)
    }

    // MARK: Forgeries

    /// The token's claims under another header, with the signature that `sign` makes of both.
    static func forge(_ token: String, header: String, sign: (Data) -> Data) -> String {
        let signed = "\(self.base64URL(Data(header.utf8))).\(token.split(separator: ".")[1])"
        return "\(signed).\(self.base64URL(sign(Data(signed.utf8))))"
    }

    /// The public key, which everybody can have, as the secret of an HMAC.
    func hmacWithPublicKey() async throws -> (Data) -> Data {
        let pem = try await self.keys.signingKeys(pool: Self.poolId)[0].privateKeyPEM
        let key = SymmetricKey(data: Data(try _RSA.Signing.PrivateKey(pemRepresentation: pem).publicKey.pemRepresentation.utf8))
        return { Data(HMAC<SHA256>.authenticationCode(for: $0, using: key)) }
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
