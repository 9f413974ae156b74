import ChatAuth
import ChatProtocol
import ChatServer
import ChatService
import ChatStore
import Foundation
import Synchronization
import Testing

/// Tokens that are not good, against a server whose users sign in by SRP. Each is answered with 401, and those who are connected chat on.
@Suite(.timeLimit(.minutes(2)))
struct BadTokenTests {
    enum BadToken: CaseIterable {
        case none, empty, noToken, expired, wrongIssuer, wrongAudience, algorithmNone, hmacWithPublicKey, unknownKey, idToken, changed,
            endless

        /// - Parameter good: what `issuer` has given somebody.
        func make(_ issuer: TokenIssuer, good: TokenSet) async throws -> String? {
            let kid = issuer.pool.keySet.keys[0].kid ?? ""
            switch self {
            case .none: return nil
            case .empty: return ""
            case .noToken: return "hello"
            case .expired:
                return try await TokenIssuer(keys: issuer.keys, now: { .now() + .seconds(-3601) }).tokens().accessToken
            case .wrongIssuer: return try await TokenIssuer(keys: issuer.keys, issuer: "https://other.example").tokens().accessToken
            case .wrongAudience: return try await TokenIssuer(keys: issuer.keys, clientId: "client-2").tokens().accessToken
            case .algorithmNone:
                return TokenIssuer.forge(good.accessToken, header: #"{"alg":"none","kid":"\#(kid)"}"#) { _ in Data() }
            case .hmacWithPublicKey:
                let sign = try await issuer.hmacWithPublicKey()
                return TokenIssuer.forge(good.accessToken, header: #"{"alg":"HS256","kid":"\#(kid)"}"#, sign: sign)
            case .unknownKey: return try await TokenIssuer().tokens().accessToken
            case .idToken: return good.idToken
            case .changed:
                // The signature is another token's.
                let parts = good.accessToken.split(separator: ".")
                return "\(parts[0]).\(parts[1]).\(good.idToken.split(separator: ".")[2])"
            case .endless: return String(repeating: "x", count: 9000)
            }
        }

        /// What the log and the metrics say; the client is not told.
        var reason: String {
            switch self {
            case .none, .empty: "missing"
            case .noToken: "malformed"
            case .expired: "expired"
            case .wrongIssuer: "issuer"
            case .wrongAudience: "audience"
            case .algorithmNone, .hmacWithPublicKey: "algorithm"
            case .unknownKey: "unknownKey"
            case .idToken: "tokenUse"
            case .changed: "signature"
            case .endless: "tooLong"
            }
        }
    }

    @Test(arguments: BadToken.allCases)
    func aBadTokenIs401AndTheOthersGoOn(_ bad: BadToken) async throws {
        let issuer = try await TokenIssuer()
        let (aliceTokens, bobTokens) = (try await issuer.tokens("alice"), try await issuer.tokens("bob"))
        let token = try await bad.make(issuer, good: aliceTokens)
        let metrics = PrometheusMetrics()
        try await withServer(authorizer: TokenAuthorizer(issuer.pool.tokenVerifier), metrics: metrics) { server in
            let alice = try await server.settledPeer(aliceTokens.accessToken)
            let bob = try await server.settledPeer(bobTokens.accessToken)
            for place in Place.allCases {
                let raw = try await server.connect()
                try await raw.write(place.handshake(token))
                let answer = try await raw.answer()
                #expect(answer.status == 401)
                #expect(answer.fields["www-authenticate"] == "Bearer")
                #expect(answer.body == "", "the client is not told why")
                #expect(try await raw.readToEnd() == "", "and the connection ends")
            }
            #expect(metrics.text().contains("chat_connections_rejected_total{reason=\"\(bad.reason)\"} 3\n"), "\(metrics.text())")
            try await alice.say("hello")
            #expect(try await alice.nextMessage().sender.name == "alice")
            #expect(try await bob.nextMessage().sender.name == "alice")
            #expect(server.gateway.connectionCount == 2)
        }
    }

    /// Where a client may put its token.
    enum Place: CaseIterable {
        case field, subprotocol, query

        func handshake(_ token: String?) -> String {
            switch self {
            case .field: RawConnection.handshake(token: token)
            case .subprotocol:
                RawConnection.handshake(
                    token: nil, fields: ["Sec-WebSocket-Protocol: chat.v1" + (token.map { ", bearer.\($0)" } ?? "")])
            case .query: RawConnection.handshake("/ws" + (token.map { "?token=\($0)" } ?? ""), token: nil)
            }
        }
    }

    @Test(arguments: HostKind.allCases, Place.allCases)
    func aGoodTokenLetsInWhereverItStands(_ kind: HostKind, _ place: Place) async throws {
        let issuer = try await TokenIssuer()
        let token = try await issuer.tokens("alice").accessToken
        try await withServer(kind, authorizer: TokenAuthorizer(issuer.pool.tokenVerifier)) { server in
            let peer = try await ChatPeer.open(server.connect(), handshake: place.handshake(token))
            try await peer.say("hello")
            #expect(try await peer.nextMessage().sender.name == "alice")
        }
    }

    /// The connection may not outlive the token by which it was opened.
    @Test func aTokenThatExpiresClosesItsConnection() async throws {
        let issuer = try await TokenIssuer()
        let token = try await issuer.tokens().accessToken
        let expiresAt = try await issuer.pool.tokenVerifier.verify(token).expiresAt
        let now = Mutex(expiresAt + .milliseconds(-300))
        let verifier = TokenVerifier(
            configuration: issuer.pool.tokenVerifier.configuration, keys: await StaticTokenKeys(issuer.pool.keySet),
            now: { now.withLock { $0 } })
        try await withServer(authorizer: TokenAuthorizer(verifier), now: { now.withLock { $0 } }) { server in
            let peer = try await server.peer(token)
            #expect(try await peer.closeCode() == 4001)
            now.withLock { $0 = expiresAt }
            let raw = try await server.connect()
            try await raw.write(RawConnection.handshake(token: token))
            #expect(try await raw.answer().status == 401, "nor does it open another one")
        }
    }

    private struct NoKeys: TokenKeySource {
        func key(id: String) async throws(TokenError) -> TokenKey? { throw .keysUnavailable }
    }

    @Test func withoutKeysItIs503() async throws {
        let issuer = try await TokenIssuer()
        let token = try await issuer.tokens().accessToken
        let verifier = TokenVerifier(configuration: issuer.pool.tokenVerifier.configuration, keys: NoKeys())
        try await withServer(authorizer: TokenAuthorizer(verifier)) { server in
            let raw = try await server.connect()
            try await raw.write(RawConnection.handshake(token: token))
            let answer = try await raw.answer()
            #expect(answer.status == 503 && answer.fields["retry-after"] == "1")
        }
    }
}
