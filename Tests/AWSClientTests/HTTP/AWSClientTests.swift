import ChatProtocol
import ChatStore
import HTTPTypes
import Logging
import Testing

@testable import AWSClient

struct AWSClientTests {
    private let waits = Recorder<Duration>()

    private func client(
        _ http: ScriptedHTTPClient, now: Timestamp = .vectors, configuration: AWSClient.Configuration = .init(), prefix: String = "",
        sleep: (@Sendable (Duration) async throws -> Void)? = nil
    ) -> AWSClient {
        AWSClient(
            service: "dynamodb", region: "eu-central-1", endpoint: AWSEndpoint(scheme: "http", host: "localhost:8000", pathPrefix: prefix),
            credentials: StaticAWSCredentials(.example), http: http, configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            surroundings: AWSClient.Surroundings(
                now: { now }, sleep: sleep ?? { [waits] in waits.add($0) }, random: { 0.5 }))
    }

    @Test("A request carries the operation, to the endpoint, signed")
    func request() async throws {
        let http = ScriptedHTTPClient([.answer(200, "{}")])
        let operation = AWSOperation(
            path: "/a%3D", query: "b=1", headers: [.contentType: "application/x-amz-json-1.0"], body: Array("{}".utf8))
        let response = try await self.client(http, prefix: "/local").send(operation)
        #expect(response.body == Array("{}".utf8))
        let request = try #require(http.requests.first)
        #expect(request.scheme == "http" && request.host == "localhost:8000" && request.path == "/local/a%3D" && request.query == "b=1")
        let verifier = SigV4Verifier(service: "dynamodb", region: "eu-central-1")
        #expect(try verifier.verify(request, at: .vectors) { _ in AWSCredentials.example.secretAccessKey } == "AKIDEXAMPLE")
    }

    @Test("Failures that pass are waited for")
    func retries() async throws {
        let http = ScriptedHTTPClient([.answer(500), .answer(429), .answer(200, "ok")])
        let response = try await self.client(http).send(AWSOperation())
        #expect(response.body == Array("ok".utf8))
        #expect(self.waits.all == [.milliseconds(25), .seconds(1)])
    }

    @Test("The last failure is thrown, with what the service said")
    func givesUp() async {
        let throttled = ScriptedHTTPClient.Answer.answer(400, ##"{"__type":"x#ThrottlingException","message":"slow"}"##)
        let http = ScriptedHTTPClient([.answer(500), .answer(500), throttled, .answer(200)])
        let error = await #expect(throws: AWSError.self) { try await self.client(http).send(AWSOperation()) }
        #expect(error?.code.name == "ThrottlingException")
        #expect(http.requests.count == 3)
    }

    @Test("A lost connection", arguments: [(false, 1), (true, 2)])
    func lostConnection(isIdempotent: Bool, attempts: Int) async {
        let http = ScriptedHTTPClient([.error(.connectionFailed), .answer(200)])
        let response = try? await self.client(http).send(AWSOperation(isIdempotent: isIdempotent))
        #expect((response != nil) == isIdempotent)
        #expect(http.requests.count == attempts)
    }

    @Test("The quota is shared by all requests, and successes fill it")
    func quota() async throws {
        var configuration = AWSClient.Configuration()
        configuration.retry.quota = 14
        let http = ScriptedHTTPClient([.answer(500), .answer(500), .answer(500), .answer(200), .answer(500)])
        let client = self.client(http, configuration: configuration)
        await #expect(throws: AWSError.self) { try await client.send(AWSOperation()) }
        #expect(http.requests.count == 2)
        await #expect(throws: AWSError.self) { try await client.send(AWSOperation()) }
        #expect(http.requests.count == 3)
        _ = try await client.send(AWSOperation())
        await #expect(throws: AWSError.self) { try await client.send(AWSOperation()) }
        #expect(http.requests.count == 5)
    }

    @Test("A clock that is wrong is put right by the service's, once and for all later requests", arguments: [-3600, 3600])
    func clockSkew(seconds: Int64) async throws {
        let skewed = ScriptedHTTPClient.Answer.answer(
            400, ##"{"__type":"InvalidSignatureException","message":"Signature expired"}"##,
            headers: [.date: "Tue, 24 Nov 2026 06:32:31 GMT"])
        let http = ScriptedHTTPClient([skewed, .answer(200), .answer(200), skewed])
        let client = self.client(http, now: .vectors + .seconds(seconds))
        _ = try await client.send(AWSOperation())
        _ = try await client.send(AWSOperation())
        #expect(http.requests.dropFirst().allSatisfy { $0.headers[.amzDate] == "20261124T063231Z" })
        #expect(self.waits.all == [.zero])
        await #expect(throws: AWSError.self) { try await client.send(AWSOperation()) }
        #expect(http.requests.count == 4)
    }

    @Test("A wrong signature is no matter of the clock")
    func wrongSignature() async {
        let refused = ScriptedHTTPClient.Answer.answer(
            403, ##"{"__type":"InvalidSignatureException"}"##, headers: [.date: "Tue, 24 Nov 2026 06:33:31 GMT"])
        let http = ScriptedHTTPClient([refused, .answer(200)])
        await #expect(throws: AWSError.self) { try await self.client(http).send(AWSOperation()) }
        #expect(http.requests.count == 1)
    }

    @Test("Cancellation ends a wait")
    func cancellation() async {
        let http = ScriptedHTTPClient([.answer(500), .answer(200)])
        let (sleeping, isSleeping) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let client = self.client(http) { _ in
            isSleeping.yield()
            try await Task.sleep(for: .seconds(3600))
        }
        let task = Task { try await client.send(AWSOperation()) }
        for await _ in sleeping.prefix(1) {}
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(http.requests.count == 1)
    }
}
