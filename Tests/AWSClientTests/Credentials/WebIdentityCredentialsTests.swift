import ChatProtocol
import HTTPTypes
import Testing

@testable import AWSClient

struct WebIdentityCredentialsTests {
    private static let answer = """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <SubjectFromWebIdentityToken>system:serviceaccount:a:b</SubjectFromWebIdentityToken>
            <Credentials>
              <AccessKeyId>ASIA</AccessKeyId>
              <SecretAccessKey>a/b+c&amp;d</SecretAccessKey>
              <SessionToken>token==</SessionToken>
              <Expiration>2026-11-24T07:32:31Z</Expiration>
            </Credentials>
            <AssumedRoleUser><Arn>arn</Arn><AssumedRoleId/></AssumedRoleUser>
          </AssumeRoleWithWebIdentityResult>
          <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
        </AssumeRoleWithWebIdentityResponse>

        """

    private static func provider(_ environment: [String: String], _ http: ScriptedHTTPClient) -> WebIdentityCredentials {
        WebIdentityCredentials(environment: environment, http: http, surroundings: .init(now: { .vectors }, sleep: { _ in }, random: { 0 }))
    }

    @Test("The token goes to STS, and the role's credentials come back", arguments: [nil, "my session"])
    func exchange(session: String?) async throws {
        let http = ScriptedHTTPClient([.answer(500), .answer(200, Self.answer)])
        let credentials = try await TemporaryFile.with("ey.J.w=\n") { path in
            var environment = ["AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "arn:aws:iam::1:role/r", "AWS_REGION": "eu-central-1"]
            environment["AWS_ROLE_SESSION_NAME"] = session
            return try await Self.provider(environment, http).credentials()
        }
        #expect(
            credentials
                == AWSCredentials(
                    accessKeyId: "ASIA", secretAccessKey: "a/b+c&d", sessionToken: "token==", expiresAt: Timestamp("2026-11-24T07:32:31Z")))
        let request = try #require(http.requests.last)
        #expect(request.host == "sts.eu-central-1.amazonaws.com" && request.scheme == "https" && request.path == "/")
        #expect(request.headers[.authorization] == nil)
        let name = session == nil ? "chat-1795501951000" : "my%20session"
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=\(name)"
                + "&WebIdentityToken=ey.J.w%3D")
    }

    @Test(
        "Documents that are not the expected one",
        arguments: [
            "", "<a/>", answer.replacing("</Credentials>", with: ""), answer + "<x/>",
            answer.replacing("<AccessKeyId>ASIA</AccessKeyId>", with: ""),
            answer.replacing("<AccessKeyId>", with: "<AccessKeyId>evil</AccessKeyId><AccessKeyId>"),
            answer.replacing("&amp;", with: "&evil;"),
            answer.replacing("2026-11-24T07:32:31Z", with: "soon"), "<!DOCTYPE a [<!ENTITY e \"x\">]>" + answer,
            answer.replacing("<Credentials>", with: "<!-- c --><Credentials>"), answer.replacing("token==", with: "<![CDATA[token]]>"),
            answer.replacing("<Credentials>", with: "<Credentials></Credentials><Credentials>"), answer.replacing("ASIA", with: ""),
            String(repeating: "<a>", count: 100_000), answer.replacing("</SessionToken>", with: "</SessionTokem>"),
            answer.replacing("AssumeRoleWithWebIdentityResult>", with: "Result>"), answer.replacing("2011-06-15/\"", with: "2011-06-15/"),
        ])
    func refused(document: String) {
        let error = #expect(throws: AWSError.self) { try WebIdentityAnswer.credentials(Array(document.utf8)) }
        #expect(error?.code == .credentialsUnavailable)
        #expect(error?.description.contains("token==") == false)
    }

    @Test("Damaged documents never crash", arguments: UInt64(1)...20)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes = Array(Self.answer.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = bytes.indices.randomElement(using: &random)!
                if Bool.random(using: &random) { bytes.remove(at: index) } else { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            }
            if let credentials = try? WebIdentityAnswer.credentials(bytes) {
                #expect(!credentials.accessKeyId.isEmpty && !credentials.secretAccessKey.isEmpty && credentials.expiresAt != nil)
            }
        }
    }

    @Test(
        "Nothing is configured, or not all",
        arguments: [
            ([:], AWSError.Code.notConfigured), (["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere"], .invalidConfiguration),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "r"], .invalidConfiguration),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "r", "AWS_REGION": "us-east-1"], .invalidConfiguration),
        ])
    func configuration(environment: [String: String], code: AWSError.Code) async {
        let error = await #expect(throws: AWSError.self) { try await Self.provider(environment, ScriptedHTTPClient([])).credentials() }
        #expect(error?.code == code)
    }
}
