import ChatAuth
import ChatServer
import ChatStore
import CoreMetrics
import Foundation
import HTTPTypes
import Logging
import Testing

/// The HTTP side as a function, apart from any server.
struct ChatEndpointsTests {
    let gateway: ChatGateway
    let metrics = PrometheusMetrics()

    init() {
        self.gateway = ChatGateway(
            messages: InMemoryStore(), authorizer: NameAuthorizer(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: self.metrics)
    }

    private func respond(
        _ endpoints: ChatEndpoints, _ method: HTTPRequest.Method, _ path: String?, fields: HTTPFields = [:], body: String = ""
    ) async -> (response: HTTPResponse, body: String)? {
        let request = HTTPRequest(method: method, scheme: "http", authority: "chat", path: path, headerFields: fields)
        return await endpoints.respond(to: request, body: Array(body.utf8)).map { ($0.response, String(decoding: $0.body, as: UTF8.self)) }
    }

    @Test func itIsHealthyUntilItGoesDown() async throws {
        let endpoints = ChatEndpoints(gateway: self.gateway)
        let healthy = try #require(await self.respond(endpoints, .get, "/healthz"))
        #expect(healthy.response.status == .ok && healthy.body == "ok\n")
        #expect(healthy.response.headerFields[.cacheControl] == "no-store")
        await self.gateway.shutDown()
        let down = try #require(await self.respond(endpoints, .get, "/healthz?verbose"))
        #expect(down.response.status == .serviceUnavailable && down.body == "going down\n")
    }

    @Test func metricsAreText() async throws {
        let endpoints = ChatEndpoints(gateway: self.gateway, metrics: self.metrics)
        self.metrics.makeCounter(label: "x", dimensions: []).increment(by: 2)
        let answer = try #require(await self.respond(endpoints, .get, "/metrics"))
        #expect(answer.response.status == .ok)
        #expect(answer.response.headerFields[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.body.contains("# TYPE x_total counter\nx_total 2\n"))
        #expect(answer.body.contains("# TYPE chat_connections gauge\nchat_connections 0.0\n"))
    }

    @Test func theKeysAreServed() async throws {
        let issuer = try await TokenIssuer()
        let endpoints = ChatEndpoints(gateway: self.gateway, userPool: issuer.pool)
        let answer = try #require(await self.respond(endpoints, .get, "/\(TokenIssuer.poolId)/.well-known/jwks.json"))
        #expect(answer.response.status == .ok)
        #expect(answer.response.headerFields[.contentType] == "application/json")
        #expect(answer.response.headerFields[.cacheControl] == "public, max-age=3600")
        let keySet = try JSONDecoder().decode(JSONWebKeySet.self, from: Data(answer.body.utf8))
        #expect(keySet.keys.map(\.kid) == issuer.pool.keySet.keys.map(\.kid))
        #expect(!answer.body.contains("\"d\""), "nothing private")
    }

    @Test func theUserPoolIsAtTheRoot() async throws {
        let endpoints = ChatEndpoints(gateway: self.gateway, userPool: try await TokenIssuer().pool)
        let name = try #require(HTTPField.Name("X-Amz-Target"))
        let answer = try #require(
            await self.respond(
                endpoints, .post, "/", fields: [name: "AWSCognitoIdentityProviderService.GetUser"], body: #"{"AccessToken":"x"}"#))
        #expect(answer.response.status == .badRequest && answer.body.contains("NotAuthorizedException"))
    }

    @Test(
        arguments: [
            (.get, "/"), (.get, "/health"), (.get, "/healthz/"), (.post, "/healthz"), (.head, "/healthz"), (.post, "/metrics"),
            (.get, "/ws"),
            (.post, "/ws"), (.put, "/"), (.get, "/other_Pool/.well-known/jwks.json"),
            (.post, "/\(TokenIssuer.poolId)/.well-known/jwks.json"),
            (.get, "//"), (.get, "/../metrics"), (.get, nil),
        ] as [(HTTPRequest.Method, String?)])
    func everythingElseIsNotItsBusiness(_ method: HTTPRequest.Method, _ path: String?) async throws {
        let endpoints = ChatEndpoints(gateway: self.gateway, userPool: try await TokenIssuer().pool, metrics: self.metrics)
        #expect(await self.respond(endpoints, method, path) == nil)
    }

    @Test func whatIsNotThereIsNoRoute() async throws {
        let bare = ChatEndpoints(gateway: self.gateway)
        #expect(bare.routes.map(\.path) == ["/healthz"])
        for (method, path) in [(.get, "/metrics"), (.post, "/"), (.get, "/\(TokenIssuer.poolId)/.well-known/jwks.json")]
            as [(HTTPRequest.Method, String)]
        {
            #expect(await self.respond(bare, method, path) == nil)
        }
    }

    @Test func everyRouteIsAnswered() async throws {
        let endpoints = ChatEndpoints(gateway: self.gateway, userPool: try await TokenIssuer().pool, metrics: self.metrics)
        #expect(
            endpoints.routes.map { "\($0.method) \($0.path)" } == [
                "GET /healthz", "POST /", "GET /\(TokenIssuer.poolId)/.well-known/jwks.json", "GET /metrics",
            ])
        for route in endpoints.routes { #expect(await self.respond(endpoints, route.method, route.path) != nil) }
    }
}
