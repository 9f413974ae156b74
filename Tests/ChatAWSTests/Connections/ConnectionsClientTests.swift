import AWSClient
import ChatProtocol
import HTTPTypes
import Testing

@testable import ChatAWS

struct ConnectionsClientTests {
    private static let endpoint = AWSEndpoint(host: "abc123.execute-api.eu-central-1.amazonaws.com", pathPrefix: "/prod")

    private func client(_ http: ScriptedHTTPClient) -> ConnectionsClient {
        ConnectionsClient(.sample(service: "execute-api", http: http, endpoint: Self.endpoint))
    }

    @Test func aPostIsWhatSDKsSend() async throws {
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .ok) }
        try await self.client(http).post(Array("hello".utf8), to: "XDmENcnwIE0CFEQ=")
        let request = try #require(http.seen.first)
        #expect(request.method == .post)
        #expect(request.path == "/prod/@connections/XDmENcnwIE0CFEQ%3D")
        #expect(request.host == "abc123.execute-api.eu-central-1.amazonaws.com")
        #expect(request.body == Array("hello".utf8))
        #expect(request.headers[.authorization]?.contains("/eu-central-1/execute-api/aws4_request") == true)
    }

    @Test func anIdCannotLeaveItsPlace() async throws {
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .ok) }
        try await self.client(http).post([], to: "../x?y#z/é")
        #expect(http.seen.map(\.path) == ["/prod/@connections/..%2Fx%3Fy%23z%2F%C3%A9"])
        await #expect(throws: ConnectionsError.self) { try await self.client(http).post([], to: "") }
        #expect(http.seen.count == 1)
    }

    @Test func aConnectionIsDescribed() async throws {
        let http = ScriptedHTTPClient { _, _ in
            .json(
                """
                {"connectedAt":"2026-11-24T07:00:00.123Z","lastActiveAt":"2026-11-24T07:00:01Z",
                 "identity":{"sourceIp":"192.0.2.1","userAgent":"test"}}
                """)
        }
        let connection = try await self.client(http).connection("a=")
        #expect(http.seen.map(\.method) == [.get])
        #expect(connection.connectedAt == Timestamp("2026-11-24T07:00:00.123Z"))
        #expect(connection.lastActiveAt == Timestamp("2026-11-24T07:00:01Z"))
        #expect(connection.sourceIp == "192.0.2.1")
        #expect(connection.userAgent == "test")
    }

    @Test func aConnectionIsEnded() async throws {
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .noContent) }
        try await self.client(http).delete("a=")
        #expect(http.seen.map(\.method) == [.delete])
    }

    @Test(arguments: [
        (410, ConnectionsError.Code.gone), (413, .payloadTooLarge), (403, .forbidden), (401, .forbidden), (400, .badRequest),
        (404, .badRequest),
    ])
    func refusalsAreTypedAndNotRepeated(_ status: Int, _ code: ConnectionsError.Code) async throws {
        // Neither a body nor a header need be there.
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: HTTPResponse.Status(code: status)) }
        let error = await #expect(throws: ConnectionsError.self) { try await self.client(http).post([], to: "a=") }
        #expect(error?.code == code)
        #expect(error?.status == status)
        #expect(http.seen.count == 1)
    }

    @Test(arguments: [(429, ConnectionsError.Code.limitExceeded), (500, .unavailable), (503, .unavailable)])
    func whatMayPassIsTriedAgain(_ status: Int, _ code: ConnectionsError.Code) async throws {
        let healing = ScriptedHTTPClient { _, index in
            AWSHTTPResponse(status: HTTPResponse.Status(code: index == 0 ? status : 200))
        }
        try await self.client(healing).post([], to: "a=")
        #expect(healing.seen.count == 2)
        let broken = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: HTTPResponse.Status(code: status)) }
        let error = await #expect(throws: ConnectionsError.self) { try await self.client(broken).post([], to: "a=") }
        #expect(error?.code == code)
        #expect(broken.seen.count > 1)
    }

    @Test func tooLongAMessageIsNotSent() async throws {
        let http = ScriptedHTTPClient { _, _ in AWSHTTPResponse(status: .ok) }
        let error = await #expect(throws: ConnectionsError.self) {
            try await self.client(http).post(Array(repeating: 0x78, count: ConnectionsClient.maximumPayloadBytes + 1), to: "a=")
        }
        #expect(error?.code == .payloadTooLarge)
        #expect(http.seen.isEmpty)
        try await self.client(http).post(Array(repeating: 0x78, count: ConnectionsClient.maximumPayloadBytes), to: "a=")
        #expect(http.seen.count == 1)
    }
}
