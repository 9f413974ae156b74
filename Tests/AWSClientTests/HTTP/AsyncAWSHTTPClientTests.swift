import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import AWSClient

struct AsyncAWSHTTPClientTests {
    private static let ok = "HTTP/1.1 200 OK\r\nX-Test: a\r\nx-amzn-RequestId: r\r\nContent-Length: 2\r\n\r\nok"

    private static func send(
        _ request: AWSHTTPRequest, timeout: Duration = .seconds(30), maximumResponseBytes: Int = 1000
    ) async throws -> AWSHTTPResponse {
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: try .aws())
        do {
            let response = try await AsyncAWSHTTPClient(client: client).send(
                request, timeout: timeout, maximumResponseBytes: maximumResponseBytes)
            try await client.shutdown()
            return response
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    @Test(
        "Path and query go out as they were signed",
        arguments: [
            ("/Prod/@connections/XDmENcnwIE0CFEQ%3D", ""), ("/Prod/%40connections/XDmENcnwIE0CFEQ%3d", ""), ("//a//b/../c/./", ""),
            ("/a:b;c=d,e!$&'()*+~", "x=%2F/?:@&&a=+&=b&%7e"), ("", ""), ("/%25", "a=%C3%A9"), ("", "a=1"),
        ])
    func wire(path: String, query: String) async throws {
        try await RawServer.with(answer: Self.ok) { server in
            var request = AWSHTTPRequest(
                scheme: "http", host: "127.0.0.1:\(server.port)", path: path, query: query,
                headers: [HTTPField.Name("Host")!: "elsewhere", .contentType: "text/plain"], body: Array("hello".utf8))
            SigV4Signer(service: "execute-api", region: "us-east-1").sign(&request, credentials: .example, at: .vectors)
            let response = try await Self.send(request)
            #expect(response.status == .ok)
            #expect(response.body == Array("ok".utf8))
            #expect(response.headers[.amznRequestId] == "r")

            let text = try #require(await server.received.first { _ in true })
            let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines[0] == "POST \(path.isEmpty ? "/" : path)\(query.isEmpty ? "" : "?" + query) HTTP/1.1")
            #expect(lines.filter { $0.lowercased().hasPrefix("host:") } == ["Host: 127.0.0.1:\(server.port)"])
            #expect(lines.last == "hello")

            // What a server that knows nothing of ours reads off the wire verifies.
            var received = AWSHTTPRequest(host: "127.0.0.1:\(server.port)", path: path, query: query, body: Array("hello".utf8))
            for line in lines.dropFirst() {
                let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
                guard parts.count == 2, let name = HTTPField.Name(parts[0]), name.canonicalName != "host" else { continue }
                received.headers.append(HTTPField(name: name, value: parts[1]))
            }
            let verifier = SigV4Verifier(service: "execute-api", region: "us-east-1")
            #expect(try verifier.verify(received, at: .vectors) { _ in AWSCredentials.example.secretAccessKey } == "AKIDEXAMPLE")
        }
    }

    @Test(
        "What would be changed on the way is not sent",
        arguments: [
            ("/a b", ""), ("/a?b", ""), ("/a#b", ""), ("a", ""), ("/\u{E9}", ""), ("/%4", ""), ("/%zz", ""), ("/a\r\nX: y", ""),
            ("/", "a b"),
            ("/", "a#b"), ("/[", ""), ("/\"", ""),
        ])
    func invalid(path: String, query: String) async {
        let error = await #expect(throws: AWSError.self) {
            try await Self.send(AWSHTTPRequest(scheme: "http", host: "127.0.0.1:1", path: path, query: query))
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test("A redirect is an answer, and is not followed")
    func redirect() async throws {
        let answer = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        try await RawServer.with(answer: answer) { server in
            let response = try await Self.send(AWSHTTPRequest(scheme: "http", host: "127.0.0.1:\(server.port)"))
            #expect(response.status.code == 307)
        }
    }

    @Test("Nobody listens")
    func unreachable() async throws {
        let port = try await RawServer.with(answer: nil) { $0.port }
        let error = await #expect(throws: AWSError.self) {
            try await Self.send(AWSHTTPRequest(scheme: "http", host: "127.0.0.1:\(port)"))
        }
        #expect(error?.code == .unreachable)
    }

    @Test(
        "A silent peer, and one that stops in the middle of the body",
        arguments: [
            nil, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab",
        ])
    func timeout(answer: String?) async throws {
        try await RawServer.with(answer: answer) { server in
            let error = await #expect(throws: AWSError.self) {
                try await Self.send(AWSHTTPRequest(scheme: "http", host: "127.0.0.1:\(server.port)"), timeout: .milliseconds(300))
            }
            #expect(error?.code == .timedOut)
        }
    }

    @Test(
        "An answer longer than allowed",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
        ])
    func tooLarge(answer: String) async throws {
        try await RawServer.with(answer: answer) { server in
            let error = await #expect(throws: AWSError.self) {
                try await Self.send(AWSHTTPRequest(scheme: "http", host: "127.0.0.1:\(server.port)"), maximumResponseBytes: 10)
            }
            #expect(error?.code == .responseTooLarge)
        }
    }

    @Test("Cancellation is no error of the service")
    func cancellation() async throws {
        try await RawServer.with(answer: nil) { server in
            let task = Task { try await Self.send(AWSHTTPRequest(scheme: "http", host: "127.0.0.1:\(server.port)")) }
            _ = await server.received.first { _ in true }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("A bundle of certificates that is none")
    func caBundle() throws {
        try TemporaryFile.with("no certificate") { path in
            let error = #expect(throws: AWSError.self) { try HTTPClient.Configuration.aws(caBundle: path) }
            #expect(error?.code == .invalidConfiguration)
        }
        #expect(throws: AWSError.self) { try HTTPClient.Configuration.aws(caBundle: "/nowhere/at/all") }
    }
}
