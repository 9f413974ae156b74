import ChatProtocol
import HTTPTypes
import Testing

@testable import AWSClient

struct SigV4SignerTests {
    private static let suiteTime = Timestamp("2015-08-30T12:36:00Z")!

    @Test("AWS's public signing suite", arguments: SigningCase.all)
    func signingSuite(signingCase: SigningCase) throws {
        var request = AWSHTTPRequest(
            method: signingCase.method, host: "example.amazonaws.com", path: signingCase.path, query: signingCase.query,
            body: Array(signingCase.body.utf8))
        for (name, value) in signingCase.headers {
            request.headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        var credentials = AWSCredentials.example
        credentials.sessionToken = signingCase.token
        let signer = SigV4Signer(service: "service", region: "us-east-1", normalizesPath: signingCase.normalizesPath)
        signer.sign(&request, credentials: credentials, at: Self.suiteTime)
        #expect(request.signature == signingCase.signature)

        guard signingCase.normalizesPath else { return }
        let verifier = SigV4Verifier(service: "service", region: "us-east-1")
        #expect(try verifier.verify(request, at: Self.suiteTime) { _ in credentials } == "AKIDEXAMPLE")
    }

    @Test("What botocore signs for @connections")
    func postToConnection() {
        var request = AWSHTTPRequest(
            host: "abc123.execute-api.us-east-1.amazonaws.com", path: "/Prod/@connections/XDmENcnwIE0CFEQ%3D", body: Array("hello".utf8))
        let canonical = """
            POST
            /Prod/%40connections/XDmENcnwIE0CFEQ%253D

            host:abc123.execute-api.us-east-1.amazonaws.com
            x-amz-date:20261124T063231Z

            host;x-amz-date
            2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
            """
        SigV4Signer(service: "execute-api", region: "us-east-1").sign(&request, credentials: .example, at: .vectors)
        #expect(String(decoding: CanonicalRequest(request, signedHeaders: ["host", "x-amz-date"]).bytes, as: UTF8.self) == canonical)
        #expect(request.headers[.amzDate] == "20261124T063231Z")
        #expect(
            request.headers[.authorization]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, "
                + "Signature=e6f011b8237032e610cbfcfe8077962454170cb5a4ea94a174819b263f6e2c6d")
    }

    @Test("A port that is not the scheme's own is signed")
    func getConnectionWithPort() {
        var request = AWSHTTPRequest(method: .get, host: "localhost:8443", path: "/Prod/@connections/XDmENcnwIE0CFEQ%3D")
        SigV4Signer(service: "execute-api", region: "us-east-1").sign(&request, credentials: .example, at: .vectors)
        #expect(request.signature == "360d165843d3cb1c8847090133b2666430c5f84af68b9247498408e9686873da")
    }

    @Test("Signing again replaces date, token and signature")
    func signsAgain() {
        let signer = SigV4Signer(service: "dynamodb", region: "eu-central-1")
        var credentials = AWSCredentials.example
        credentials.sessionToken = "first"
        var twice = AWSHTTPRequest(host: "h", headers: [.contentType: "application/x-amz-json-1.0"])
        var once = twice
        signer.sign(&twice, credentials: credentials, at: Timestamp("2026-11-23T00:00:00Z")!)
        signer.sign(&twice, credentials: .example, at: .vectors)
        signer.sign(&once, credentials: .example, at: .vectors)
        #expect(twice.headers == once.headers)
        #expect(once.headers[.amzSecurityToken] == nil)
    }

    @Test("Headers that change on the way are not signed", arguments: ["User-Agent", "X-Amzn-Trace-Id", "Connection", "Expect", "Host"])
    func unsignedHeaders(name: String) throws {
        let signer = SigV4Signer(service: "dynamodb", region: "eu-central-1")
        var plain = AWSHTTPRequest(host: "h")
        var changed = plain
        changed.headers[try #require(HTTPField.Name(name))] = "other"
        signer.sign(&plain, credentials: .example, at: .vectors)
        signer.sign(&changed, credentials: .example, at: .vectors)
        #expect(plain.signature == changed.signature)
    }

    @Test("A cached key serves neither another day nor another secret")
    func cachedKey() {
        let shared = SigV4Signer(service: "dynamodb", region: "eu-central-1")
        var other = AWSCredentials.example
        other.secretAccessKey = "another"
        let times: [Timestamp] = [.vectors, Timestamp("2026-11-25T06:32:31Z")!]
        var signatures: Set<String?> = []
        for time in times + times {
            for credentials in [AWSCredentials.example, other] {
                var request = AWSHTTPRequest(host: "h")
                var fresh = request
                shared.sign(&request, credentials: credentials, at: time)
                SigV4Signer(service: "dynamodb", region: "eu-central-1").sign(&fresh, credentials: credentials, at: time)
                #expect(request.signature == fresh.signature)
                signatures.insert(request.signature)
            }
        }
        #expect(signatures.count == 4)
    }

    @Test(
        "Query items are sorted by their encoded names and then values",
        arguments: [
            ("b=2&a=2&a=1", "a=1&a=2&b=2"), ("flag&a", "a=&flag="), ("a=%2f&a=%2F", "a=%2F&a=%2F"), ("a=b=c", "a=b%3Dc"), ("", ""),
            ("&&x=1&", "x=1"), ("a=~%7E", "a=~~"), ("a=%zz%", "a=%25zz%25"), ("a=1+1", "a=1%2B1"), ("ab=1&a-=2&aB=3", "a-=2&aB=3&ab=1"),
        ])
    func canonicalQuery(query: String, expected: String) {
        let request = AWSHTTPRequest(method: .get, host: "h", query: query)
        let lines = String(decoding: CanonicalRequest(request, signedHeaders: ["host"]).bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[2] == expected)
    }

    @Test(
        "Paths are normalised and encoded once more",
        arguments: [
            ("", "/"), ("/", "/"), ("/a/../..", "/"), ("/../a", "/a"), ("/a/b/..", "/a/"), ("/a/.", "/a/"), ("/a%2Fb", "/a%252Fb"),
            ("/a//b/", "/a/b/"), ("/...", "/..."), ("/%40connections/x", "/%2540connections/x"), ("/*'()", "/%2A%27%28%29"),
        ])
    func canonicalPath(path: String, expected: String) {
        let request = AWSHTTPRequest(method: .get, host: "h", path: path)
        let lines = String(decoding: CanonicalRequest(request, signedHeaders: ["host"]).bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[1] == expected)
    }
}
