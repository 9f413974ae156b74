import ChatProtocol
import HTTPTypes
import Testing

@testable import AWSClient

struct ContainerCredentialsTests {
    private static let answer =
        ##"{"AccessKeyId":"AKID","SecretAccessKey":"hunter2","Token":"hunter3","Expiration":"2026-11-24T07:32:31Z","RoleArn":"r"}"##
    private static let relative = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/id?x=1"]

    private static func provider(_ environment: [String: String], _ http: ScriptedHTTPClient) -> ContainerCredentials {
        ContainerCredentials(environment: environment, http: http, surroundings: .init(now: { .vectors }, sleep: { _ in }, random: { 0 }))
    }

    @Test("ECS's address by a path")
    func relativeURI() async throws {
        let http = ScriptedHTTPClient([.answer(200, Self.answer)])
        let credentials = try await Self.provider(Self.relative, http).credentials()
        #expect(
            credentials
                == AWSCredentials(
                    accessKeyId: "AKID", secretAccessKey: "hunter2", sessionToken: "hunter3", expiresAt: Timestamp("2026-11-24T07:32:31Z")))
        let request = try #require(http.requests.first)
        #expect(request.method == .get && request.scheme == "http" && request.host == "169.254.170.2")
        #expect(request.path == "/v2/credentials/id" && request.query == "x=1")
        #expect(request.headers[.authorization] == nil)
    }

    @Test("The token, of which the file's goes first")
    func token() async throws {
        var environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t1",
        ]
        let http = ScriptedHTTPClient([.answer(200, Self.answer), .answer(200, Self.answer)])
        _ = try await Self.provider(environment, http).credentials()
        try await TemporaryFile.with("t2\n") { path in
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = path
            _ = try await Self.provider(environment, http).credentials()
        }
        #expect(http.requests.map { $0.headers[.authorization] } == ["t1", "t2"])
        #expect(http.requests.allSatisfy { $0.host == "169.254.170.23" && $0.path == "/v1/credentials" })
    }

    @Test(
        "Hosts that may be asked",
        arguments: [
            "http://127.0.0.1:9911/x", "http://127.1.2.3/", "http://localhost:1", "http://[::1]:80/x", "http://169.254.170.2/x",
            "http://169.254.170.23/x", "http://[fd00:ec2::23]/x", "https://anything.example/x?y=1",
        ])
    func allowed(url: String) throws {
        #expect(try ContainerEndpoint.resolve(environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]) != nil)
    }

    @Test(
        "Hosts that may not be asked",
        arguments: [
            "http://169.254.169.254/x", "http://10.0.0.1/x", "http://127.0.0.1.evil.example/", "http://127.evil/", "http://128.0.0.1",
            "http://localhost.evil",
            "http://evil@localhost/", "http://[::2]/", "ftp://localhost/", "http://127.0.0/", "http://127.0.0.256/", "http://127.+1.0.1/",
        ])
    func refused(url: String) {
        let error = #expect(throws: AWSError.self) {
            try ContainerEndpoint.resolve(environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test(
        "Answers without credentials, which the error does not repeat",
        arguments: [
            "", "{}", "[]", ##"{"AccessKeyId":"hunter","SecretAccessKey":""}"##, ##"{"AccessKeyId":7,"SecretAccessKey":"hunter"}"##,
            ##"{"AccessKeyId":"hunter","SecretAccessKey":"hunter","Expiration":"soon"}"##,
        ])
    func badAnswers(answer: String) async {
        let error = await #expect(throws: AWSError.self) {
            try await Self.provider(Self.relative, ScriptedHTTPClient([.answer(200, answer)])).credentials()
        }
        #expect(error?.code == .credentialsUnavailable)
        #expect(error?.description.contains("hunter") == false)
        #expect(error?.body == [])
    }

    @Test("Failures that pass are repeated, others are not", arguments: [(500, 3), (404, 1)])
    func retries(status: Int, attempts: Int) async {
        let http = ScriptedHTTPClient(Array(repeating: .answer(status, ##"{"message":"hunter"}"##), count: 5))
        let error = await #expect(throws: AWSError.self) { try await Self.provider(Self.relative, http).credentials() }
        #expect(error?.code == .credentialsUnavailable)
        #expect(error?.status?.code == status)
        #expect(http.requests.count == attempts)
    }

    @Test(
        "Nothing is configured, or wrongly",
        arguments: [
            ([:], AWSError.Code.notConfigured), (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "x"], .invalidConfiguration),
            (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nb"], .invalidConfiguration),
            (
                ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere"],
                .invalidConfiguration
            ),
        ])
    func configuration(environment: [String: String], code: AWSError.Code) async {
        let http = ScriptedHTTPClient([])
        let error = await #expect(throws: AWSError.self) { try await Self.provider(environment, http).credentials() }
        #expect(error?.code == code)
        #expect(http.requests.isEmpty)
    }

    @Test("A file that is no token", arguments: ["", " \n", "a\nb", String(repeating: "x", count: 65_537)])
    func tokenFile(text: String) throws {
        try TemporaryFile.with(text) { path in
            let error = #expect(throws: AWSError.self) { try CredentialFile.text(path: path, source: "X") }
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
