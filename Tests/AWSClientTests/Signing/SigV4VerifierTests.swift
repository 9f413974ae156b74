import ChatProtocol
import ChatStore
import HTTPTypes
import Testing

@testable import AWSClient

struct SigV4VerifierTests {
    private let verifier = SigV4Verifier(service: "execute-api", region: "us-east-1")

    private func signed(
        path: String = "/Prod/@connections/XDmENcnwIE0CFEQ%3D", headers: HTTPFields = [:], credentials: AWSCredentials = .example,
        service: String = "execute-api", region: String = "us-east-1"
    ) -> AWSHTTPRequest {
        var request = AWSHTTPRequest(host: "localhost:8443", path: path, headers: headers, body: Array("hello".utf8))
        SigV4Signer(service: service, region: region).sign(&request, credentials: credentials, at: .vectors)
        return request
    }

    private func refusal(_ request: AWSHTTPRequest, at time: Timestamp = .vectors) -> SigV4Error? {
        #expect(throws: SigV4Error.self) {
            try self.verifier.verify(request, at: time) { $0 == "AKIDEXAMPLE" ? AWSCredentials.example.secretAccessKey : nil }
        }
    }

    private func keyId(_ request: AWSHTTPRequest, at time: Timestamp = .vectors) throws -> String {
        try self.verifier.verify(request, at: time) { $0 == "AKIDEXAMPLE" ? AWSCredentials.example.secretAccessKey : nil }
    }

    @Test("Accepts @ as it is and encoded, each signed as it was sent", arguments: ["@connections", "%40connections"])
    func acceptsBothSpellings(segment: String) throws {
        let request = self.signed(path: "/Prod/\(segment)/XDmENcnwIE0CFEQ%3D")
        #expect(try self.keyId(request) == "AKIDEXAMPLE")
    }

    @Test("Accepts botocore's request as it stands in the vectors")
    func acceptsVector() throws {
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, "
            + "Signature=360d165843d3cb1c8847090133b2666430c5f84af68b9247498408e9686873da"
        let request = AWSHTTPRequest(
            method: .get, host: "localhost:8443", path: "/Prod/@connections/XDmENcnwIE0CFEQ%3D",
            headers: [
                .accept: "*/*", .userAgent: "Boto3/1.43", .authorization: authorization, .amzDate: "20261124T063231Z",
            ])
        #expect(try self.keyId(request) == "AKIDEXAMPLE")
    }

    @Test("The Date header serves where there is no X-Amz-Date", arguments: ["Tue, 24 Nov 2026 06:32:31 GMT", "20261124T063231Z"])
    func dateHeader(date: String) throws {
        var request = AWSHTTPRequest(host: "localhost:8443", headers: [.date: date])
        let scope = SigningScope(day: "20261124", region: "us-east-1", service: "execute-api")
        let canonical = CanonicalRequest(request, signedHeaders: ["date", "host"])
        let toSign = scope.stringToSign(date: "20261124T063231Z", canonicalRequest: canonical)
        let signature = TestSignature.hexadecimal(toSign, key: scope.key(secret: AWSCredentials.example.secretAccessKey))
        request.headers[.authorization] =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(scope.text), SignedHeaders=date;host, Signature=\(signature)"
        #expect(try self.keyId(request) == "AKIDEXAMPLE")
        request.headers[.date] = "Tue, 24 Nov 2026 06:32:32 GMT"
        #expect(self.refusal(request)?.code == .mismatch)
    }

    @Test(
        "Within five minutes either way",
        arguments: [
            (-300_000, nil), (300_000, nil), (-300_001, SigV4Error.Code.notYetValid), (300_001, .expired), (86_400_000, .expired),
        ] as [(Int64, SigV4Error.Code?)])
    func skew(milliseconds: Int64, code: SigV4Error.Code?) throws {
        let time = Timestamp.vectors + .milliseconds(milliseconds)
        let request = self.signed()
        guard let code else {
            #expect(try self.keyId(request, at: time) == "AKIDEXAMPLE")
            return
        }
        let error = self.refusal(request, at: time)
        #expect(error?.code == code)
        #expect(error?.code.name == "InvalidSignatureException")
    }

    @Test(
        "A wrong secret, an unknown key, another region or service",
        arguments: [
            ("AKIDEXAMPLE", "wrong", "us-east-1", "execute-api", SigV4Error.Code.mismatch, "InvalidSignatureException"),
            ("AKIDOTHER", "wrong", "us-east-1", "execute-api", .unknownKey, "UnrecognizedClientException"),
            (
                "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-2", "execute-api", .invalidScope,
                "InvalidSignatureException"
            ),
            (
                "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "dynamodb", .invalidScope,
                "InvalidSignatureException"
            ),
        ])
    func otherSigners(id: String, secret: String, region: String, service: String, code: SigV4Error.Code, name: String) {
        let credentials = AWSCredentials(accessKeyId: id, secretAccessKey: secret)
        let error = self.refusal(self.signed(credentials: credentials, service: service, region: region))
        #expect(error?.code == code)
        #expect(error?.code.name == name)
    }

    @Test("No Authorization header")
    func missingToken() {
        var request = self.signed()
        request.headers[.authorization] = nil
        #expect(self.refusal(request)?.code == .missingToken)
        #expect(self.refusal(request)?.code.name == "MissingAuthenticationTokenException")
    }

    @Test("The day of the scope must be the date's")
    func scopeDay() {
        var request = self.signed()
        request.headers[.authorization] = request.headers[.authorization]?.replacing("/20261124/", with: "/20261123/")
        #expect(self.refusal(request)?.code == .invalidScope)
    }

    @Test("What must be signed and is not", arguments: ["host;x-amz-date", "host"])
    func unsigned(names: String) {
        var request = self.signed(headers: names == "host" ? [:] : [HTTPField.Name("X-Amz-Target")!: "A.B"])
        request.headers[.authorization] = request.headers[.authorization]?
            .replacing("host;x-amz-date;x-amz-target", with: names).replacing("host;x-amz-date,", with: "\(names),")
        #expect(self.refusal(request)?.code == .incompleteSignature)
    }

    @Test("Host must be signed, and be there")
    func host() {
        var request = self.signed()
        request.headers[.authorization] = request.headers[.authorization]?.replacing("host;x-amz-date", with: "x-amz-date")
        #expect(self.refusal(request)?.message == "Host must be a signed header.")
        request = self.signed()
        request.host = ""
        #expect(self.refusal(request)?.code == .incompleteSignature)
    }

    @Test("A header that counts may not come twice", arguments: ["Authorization", "X-Amz-Date", "X-Amz-Security-Token"])
    func repeated(name: String) throws {
        var credentials = AWSCredentials.example
        credentials.sessionToken = "token"
        var request = self.signed(credentials: credentials)
        let name = try #require(HTTPField.Name(name))
        request.headers.append(HTTPField(name: name, value: try #require(request.headers[name])))
        #expect(self.refusal(request)?.code == .incompleteSignature)
    }

    @Test("A signed header that was removed on the way")
    func removedHeader() {
        var request = self.signed(headers: [.contentType: "text/plain"])
        request.headers[.contentType] = nil
        #expect(self.refusal(request)?.code == .incompleteSignature)
    }

    @Test(
        "A session token goes with its key alone",
        arguments: [
            ("token", "token", true), ("token", "other", false), (nil, "token", false), ("token", nil, false), (nil, nil, true),
        ] as [(String?, String?, Bool)])
    func sessionToken(sent: String?, expected: String?, isAccepted: Bool) throws {
        var sender = AWSCredentials.example
        sender.sessionToken = sent
        var known = AWSCredentials.example
        known.sessionToken = expected
        let request = self.signed(credentials: sender)
        #expect(try self.keyId(request) == "AKIDEXAMPLE")
        if isAccepted {
            #expect(try self.verifier.verify(request, at: .vectors) { _ in known } == "AKIDEXAMPLE")
        } else {
            let error = #expect(throws: SigV4Error.self) { try self.verifier.verify(request, at: .vectors) { _ in known } }
            #expect(error?.code == .unknownKey)
        }
    }

    @Test("An error repeats nothing of what was sent")
    func errorsAreQuiet() throws {
        var request = self.signed(credentials: AWSCredentials(accessKeyId: "AKIDSECRETISH", secretAccessKey: "s"))
        let unknown = try #require(self.refusal(request))
        #expect(!unknown.description.contains("AKIDSECRETISH"))
        request.headers[.authorization] = "AWS4-HMAC-SHA256 Bearer=hunter2"
        #expect(self.refusal(request)?.description.contains("hunter2") == false)
    }
}
