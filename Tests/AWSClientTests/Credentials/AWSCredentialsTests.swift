import ChatProtocol
import Testing

@testable import AWSClient

struct AWSCredentialsTests {
    @Test("Secrets show nowhere")
    func redacted() {
        let credentials = AWSCredentials(accessKeyId: "AKID", secretAccessKey: "hunter2", sessionToken: "hunter3", expiresAt: .vectors)
        var dumped = ""
        dump([credentials], to: &dumped)
        dump(StaticAWSCredentials(credentials), to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])", "\(Optional(credentials) as Any)", dumped] {
            #expect(!text.contains("hunter"))
            #expect(text.contains("AKID"))
        }
    }

    @Test(
        "The environment",
        arguments: [
            (["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"], nil), ([:], AWSError.Code.notConfigured),
            (["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""], .notConfigured), (["AWS_ACCESS_KEY_ID": "a"], .invalidConfiguration),
            (["AWS_SECRET_ACCESS_KEY": "b"], .invalidConfiguration),
        ] as [([String: String], AWSError.Code?)])
    func environment(environment: [String: String], code: AWSError.Code?) throws {
        let provider = EnvironmentCredentials(environment: environment)
        guard let code else {
            #expect(try provider.credentials() == AWSCredentials(accessKeyId: "a", secretAccessKey: "b"))
            return
        }
        let error = #expect(throws: AWSError.self) { try provider.credentials() }
        #expect(error?.code == code)
    }

    @Test("The session token of the environment")
    func sessionToken() throws {
        let environment = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"]
        #expect(try EnvironmentCredentials(environment: environment).credentials().sessionToken == "c")
    }

    private struct Source: AWSCredentialProvider {
        var result: Result<AWSCredentials, AWSError>

        func credentials() throws -> AWSCredentials { try self.result.get() }
    }

    @Test("A chain goes past what is not set up, and stops at what fails")
    func chain() async throws {
        let absent = Source(result: .failure(AWSError(.notConfigured, "")))
        let failing = Source(result: .failure(AWSError(.invalidConfiguration, "")))
        let good = Source(result: .success(.example))
        #expect(try await CredentialChain([absent, good, failing]).credentials() == .example)
        let failure = await #expect(throws: AWSError.self) { try await CredentialChain([absent, failing, good]).credentials() }
        #expect(failure?.code == .invalidConfiguration)
        let none = await #expect(throws: AWSError.self) { try await CredentialChain([absent]).credentials() }
        #expect(none?.code == .credentialsUnavailable)
    }

    @Test("The standard chain prefers access keys, then a web identity, then a container")
    func standardOrder() async throws {
        var environment = [
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "r",
            "AWS_REGION": "us-east-1", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c",
        ]
        let container = ##"{"AccessKeyId":"c","SecretAccessKey":"d"}"##
        func id() async throws -> String {
            try await CredentialChain.standard(environment: environment, http: ScriptedHTTPClient([.answer(200, container)]))
                .credentials().accessKeyId
        }
        #expect(try await id() == "a")
        environment["AWS_ACCESS_KEY_ID"] = nil
        environment["AWS_SECRET_ACCESS_KEY"] = nil
        let error = await #expect(throws: AWSError.self) { try await id() }
        #expect(error?.code == .invalidConfiguration)
        environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = nil
        #expect(try await id() == "c")
    }
}
