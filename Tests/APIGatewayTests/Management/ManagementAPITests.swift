import APIGatewayDefinition
import AWSClient
import ChatProtocol
import ChatStore
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import APIGateway

@Suite struct ManagementAPITests {
    private static let id = "XDmENcnwIE0CFEQ="
    private static let time = Timestamp("2026-11-24T06:32:31.000Z")!

    /// Knows one connection.
    private final class FakeConnections: ManagedConnections {
        let posted = Mutex<[[UInt8]]>([])
        let closed = Mutex(0)
        let isFull: Bool

        init(isFull: Bool = false) { self.isFull = isFull }

        func post(_ body: [UInt8], to id: String) async -> PostOutcome {
            guard id == ManagementAPITests.id else { return .gone }
            if self.isFull { return .bufferFull }
            self.posted.withLock { $0.append(body) }
            return .posted
        }

        func status(of id: String) async -> ConnectionStatus? {
            guard id == ManagementAPITests.id else { return nil }
            return ConnectionStatus(
                connectedAt: ManagementAPITests.time, lastActiveAt: ManagementAPITests.time + .seconds(1), sourceIp: "127.0.0.1",
                userAgent: "a\"b")
        }

        func close(_ id: String) async -> Bool {
            guard id == ManagementAPITests.id else { return false }
            self.closed.withLock { $0 += 1 }
            return true
        }
    }

    private func respond(
        _ request: AWSHTTPRequest, connections: FakeConnections = FakeConnections(), quotas: QuotaDefinition = .off,
        stage: String = "prod"
    ) async -> AWSHTTPResponse {
        var definition = APIDefinition.sample()
        definition.stage = stage
        let api = ManagementAPI(
            definition, maximumBodyBytes: 131_072, quotas: AccountQuotas(quotas, now: .now()), connections: connections)
        return await api.respond(to: request, at: Self.time, now: .now())
    }

    private func expect(
        _ response: AWSHTTPResponse, _ status: Int, _ name: String, message: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(response.status.code == status, sourceLocation: sourceLocation)
        #expect(response.headers[HTTPField.Name("x-amzn-ErrorType")!] == name, sourceLocation: sourceLocation)
        let text = JSONValue(response.body)?["message"]?.string
        #expect(text != nil, sourceLocation: sourceLocation)
        if let message { #expect(text == message, sourceLocation: sourceLocation) }
    }

    @Test(arguments: [
        "/prod/@connections/XDmENcnwIE0CFEQ%3D", "/prod/%40connections/XDmENcnwIE0CFEQ%3D", "/prod/@connections/XDmENcnwIE0CFEQ=",
    ])
    func post(path: String) async {
        let connections = FakeConnections()
        let request = AWSHTTPRequest.signed(.post, path: path, body: "hé".bytes, key: .messageHandler, at: Self.time)
        let response = await self.respond(request, connections: connections)
        #expect(response.status == .ok && response.body.isEmpty)
        #expect(connections.posted.withLock { $0 } == ["hé".bytes])
    }

    @Test func get() async {
        let response = await self.respond(.signed(.get, id: Self.id, key: .messageHandler, at: Self.time))
        #expect(response.status == .ok)
        #expect(
            response.body.text
                == #"{"connectedAt":"2026-11-24T06:32:31.000Z","identity":{"sourceIp":"127.0.0.1","userAgent":"a\"b"},"lastActiveAt":"2026-11-24T06:32:32.000Z"}"#
        )
    }

    @Test func delete() async {
        let connections = FakeConnections()
        let response = await self.respond(.signed(.delete, id: Self.id, key: .messageHandler, at: Self.time), connections: connections)
        #expect(response.status == .noContent && response.body.isEmpty)
        #expect(connections.closed.withLock { $0 } == 1)
    }

    @Test func theDefaultStageHasNoPath() async {
        var key = AccessKeyDefinition.messageHandler
        key.policy = PolicyDocument(statements: [PolicyStatement(.allow, actions: ["execute-api:*"], resources: ["*"])])
        var definition = APIDefinition.sample()
        definition.stage = "$default"
        definition.accessKeys = [key]
        let api = ManagementAPI(
            definition, maximumBodyBytes: 100, quotas: AccountQuotas(.off, now: .now()), connections: FakeConnections())
        let request = AWSHTTPRequest.signed(.get, path: "/@connections/XDmENcnwIE0CFEQ%3D", key: key, at: Self.time)
        #expect(await api.respond(to: request, at: Self.time, now: .now()).status == .ok)
    }

    @Test(arguments: [HTTPRequest.Method.get, .post, .delete])
    func gone(method: HTTPRequest.Method) async {
        let response = await self.respond(.signed(method, id: "ZDmENcnwIE0CFEQ=", key: .messageHandler, at: Self.time))
        self.expect(response, 410, "GoneException")
    }

    @Test(arguments: ["x", "XDmENcnwIE0CFEQ", "XDmENcnwIE0CFEQ=="])
    func malformedId(id: String) async {
        let response = await self.respond(.signed(.post, id: id, key: .messageHandler, at: Self.time))
        self.expect(response, 400, "BadRequestException", message: "Invalid connectionId: \(id)")
    }

    @Test func bodies() async {
        let connections = FakeConnections()
        let longest = [UInt8](repeating: 0x61, count: 131_072)
        let ok = await self.respond(
            .signed(.post, id: Self.id, body: longest, key: .messageHandler, at: Self.time), connections: connections)
        #expect(ok.status == .ok)
        let tooLong = await self.respond(
            .signed(.post, id: Self.id, body: longest + [0x61], key: .messageHandler, at: Self.time), connections: connections)
        self.expect(tooLong, 413, "PayloadTooLargeException")
        let binary = await self.respond(
            .signed(.post, id: Self.id, body: [0xFF], key: .messageHandler, at: Self.time), connections: connections)
        self.expect(binary, 400, "BadRequestException")
        #expect(connections.posted.withLock { $0.count } == 1)
    }

    @Test func limits() async {
        let full = await self.respond(
            .signed(.post, id: Self.id, body: "x".bytes, key: .messageHandler, at: Self.time), connections: FakeConnections(isFull: true))
        self.expect(full, 429, "LimitExceededException")

        var quotas = QuotaDefinition.off
        quotas.requestsPerSecond = 1
        let api = ManagementAPI(
            .sample(), maximumBodyBytes: 10, quotas: AccountQuotas(quotas, now: .now()), connections: FakeConnections())
        let request = AWSHTTPRequest.signed(.post, id: Self.id, body: "x".bytes, key: .messageHandler, at: Self.time)
        let now = NIODeadline.now()
        #expect(await api.respond(to: request, at: Self.time, now: now).status == .ok)
        self.expect(await api.respond(to: request, at: Self.time, now: now), 429, "LimitExceededException")
    }

    // MARK: Signatures

    @Test func signatures() async {
        let good = AWSHTTPRequest.signed(.post, id: Self.id, body: "x".bytes, key: .messageHandler, at: Self.time)
        var request = good
        request.headers[.authorization] = nil
        self.expect(await self.respond(request), 403, "ForbiddenException", message: "Missing Authentication Token")
        request = good
        request.body = "y".bytes
        let mismatch = await self.respond(request)
        self.expect(mismatch, 403, "ForbiddenException")
        #expect(mismatch.body.text.contains("The request signature we calculated does not match the signature you provided."))
        request = good
        request.path = "/prod/@connections/ZDmENcnwIE0CFEQ%3D"
        #expect(await self.respond(request).body == mismatch.body)
        request = good
        request.host = "localhost:9999"
        #expect(await self.respond(request).body == mismatch.body)

        var key = AccessKeyDefinition.messageHandler
        key.secretAccessKey += "x"
        #expect(await self.respond(.signed(.post, id: Self.id, key: key, at: Self.time)).body == mismatch.body)
        key.accessKeyId = "AKIANOBODYHASTHISKEY"
        self.expect(
            await self.respond(.signed(.post, id: Self.id, key: key, at: Self.time)), 403, "ForbiddenException",
            message: "The security token included in the request is invalid.")
        self.expect(
            await self.respond(.signed(.post, id: Self.id, key: .messageHandler, at: Self.time, region: "eu-west-1")), 403,
            "ForbiddenException")
    }

    @Test func clocks() async {
        let id = Self.id
        self.expect(
            await self.respond(.signed(.get, id: id, key: .messageHandler, at: Timestamp("2026-11-24T06:27:30Z")!)), 403,
            "ForbiddenException",
            message: "Signature expired: 20261124T062730Z is now earlier than 20261124T062731Z (20261124T063231Z - 5 min.)")
        self.expect(
            await self.respond(.signed(.get, id: id, key: .messageHandler, at: Timestamp("2026-11-24T06:37:32Z")!)), 403,
            "ForbiddenException",
            message: "Signature not yet current: 20261124T063732Z is still later than 20261124T063731Z (20261124T063231Z + 5 min.)")
        #expect(await self.respond(.signed(.get, id: id, key: .messageHandler, at: Timestamp("2026-11-24T06:28:00Z")!)).status == .ok)
    }

    // MARK: Policies

    @Test func onlyWhoMay() async {
        // Neither an open connection nor one that is gone nor a malformed id is told apart.
        for id in [Self.id, "ZDmENcnwIE0CFEQ=", "x"] {
            let response = await self.respond(.signed(.post, id: id, key: .connectHandler, at: Self.time))
            self.expect(response, 403, "ForbiddenException")
        }
        var key = AccessKeyDefinition.messageHandler
        key.policy = PolicyDocument(statements: [
            PolicyStatement(
                .allow, actions: ["execute-api:ManageConnections"],
                resources: ["arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/POST/@connections/*"])
        ])
        var definition = APIDefinition.sample()
        definition.accessKeys = [key]
        let api = ManagementAPI(
            definition, maximumBodyBytes: 100, quotas: AccountQuotas(.off, now: .now()), connections: FakeConnections())
        for (method, status) in [(HTTPRequest.Method.post, 200), (.get, 403), (.delete, 403)] {
            let response = await api.respond(to: .signed(method, id: Self.id, key: key, at: Self.time), at: Self.time, now: .now())
            #expect(response.status.code == status)
        }
    }

    @Test(arguments: [
        "/prod", "/dev/@connections/XDmENcnwIE0CFEQ%3D", "/prod/@connections", "/prod/@connections/", "/prod/@connections/a/b", "/",
    ])
    func otherPaths(path: String) async {
        let response = await self.respond(.signed(.post, path: path, key: .messageHandler, at: Self.time))
        #expect(response.status == .notFound)
        #expect(JSONValue(response.body)?["message"] == .string("No method found matching route \(path.dropFirst()) for http method POST"))
    }

    @Test func otherMethods() async {
        #expect(await self.respond(.signed(.put, id: Self.id, key: .messageHandler, at: Self.time)).status == .notFound)
    }

    @Test(arguments: [("/prod/@connections/a%3D", "a="), ("/prod/%40connections/a%3d", "a="), ("/prod/@connections/a%2Fb", "a/b")])
    func paths(path: String, id: String) { #expect(ManagementPath(path, stage: "prod")?.connectionId == id) }
}
