import Testing

@testable import AWSClient

struct AWSEndpointTests {
    @Test(
        "AWS's own endpoints",
        arguments: [
            ("DynamoDB", "eu-central-1", "dynamodb.eu-central-1.amazonaws.com"),
            ("dynamodb", "us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com"),
            ("STS", "cn-north-1", "sts.cn-north-1.amazonaws.com.cn"), ("STS", "us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"),
            ("STS", "us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"),
            ("ApiGatewayManagementApi", "us-east-1", "execute-api.us-east-1.amazonaws.com"),
            ("Cognito Identity Provider", "us-east-1", "cognito-idp.us-east-1.amazonaws.com"),
        ])
    func own(service: String, region: String, host: String) throws {
        #expect(try AWSEndpoint.resolve(service: service, region: region, environment: [:]) == AWSEndpoint(host: host))
    }

    @Test(
        "The variable of the service, then the general one, then AWS",
        arguments: [
            (["AWS_ENDPOINT_URL_DYNAMODB": "http://a:1", "AWS_ENDPOINT_URL": "http://b:2"], "a:1"),
            (["AWS_ENDPOINT_URL": "http://b:2"], "b:2"),
            (["AWS_ENDPOINT_URL_DYNAMODB": "", "AWS_ENDPOINT_URL": "http://b:2"], "b:2"),
            (["AWS_ENDPOINT_URL_STS": "http://c:3"], "dynamodb.us-east-1.amazonaws.com"),
            (["AWS_ENDPOINT_URL": "http://b:2", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], "dynamodb.us-east-1.amazonaws.com"),
            (["AWS_ENDPOINT_URL": "http://b:2", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"], "b:2"),
        ])
    func overrides(environment: [String: String], host: String) throws {
        #expect(try AWSEndpoint.resolve(service: "DynamoDB", region: "us-east-1", environment: environment).host == host)
    }

    @Test("An id with spaces becomes a variable with underscores")
    func spaces() throws {
        let environment = ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "https://pool.local/x/"]
        let endpoint = try AWSEndpoint.resolve(service: "Cognito Identity Provider", region: "us-east-1", environment: environment)
        #expect(endpoint == AWSEndpoint(host: "pool.local", pathPrefix: "/x"))
    }

    @Test(
        "URLs",
        arguments: [
            ("https://localhost:8443/Prod", "https", "localhost:8443", "/Prod"), ("https://H.example:443/", "https", "h.example", ""),
            ("http://h:80", "http", "h", ""), ("http://h:443", "http", "h:443", ""), ("HTTPS://h//", "https", "h", ""),
            ("http://[::1]:8000/a/b", "http", "[::1]:8000", "/a/b"), ("http://[::1]", "http", "[::1]", ""),
        ])
    func urls(url: String, scheme: String, host: String, prefix: String) throws {
        #expect(try AWSEndpoint(url: url) == AWSEndpoint(scheme: scheme, host: host, pathPrefix: prefix))
    }

    @Test(
        "What is no endpoint",
        arguments: [
            "", "localhost:8000", "ftp://h", "https://", "https://:80", "https://h:0", "https://h:65536", "https://h:8x", "https://h:",
            "https://u@h",
            "https://h?x", "https://h/#f", "https://h h", "https://h\r\nX: y", "https://[::1", "https://h/\u{E9}", "http://a:b:c",
            "https://" + String(repeating: "h", count: 2048),
        ])
    func refused(url: String) {
        let error = #expect(throws: AWSError.self) {
            try AWSEndpoint.resolve(service: "STS", region: "us-east-1", environment: ["AWS_ENDPOINT_URL_STS": url.isEmpty ? "x" : url])
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.hasPrefix("AWS_ENDPOINT_URL_STS ") == true)
    }

    @Test("A region is no way to another host", arguments: ["", "evil.com/", "us-east-1.evil", "us east", "US-EAST-1", "-a", "a@b"])
    func regions(region: String) {
        #expect(throws: AWSError.self) { try AWSEndpoint.resolve(service: "STS", region: region, environment: [:]) }
        #expect(throws: AWSError.self) { try AWSRegion.resolve(environment: ["AWS_REGION": region]) }
    }

    @Test("Where the region comes from")
    func regionVariables() throws {
        #expect(try AWSRegion.resolve(environment: ["AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"]) == "a")
        #expect(try AWSRegion.resolve(environment: ["AWS_REGION": "", "AWS_DEFAULT_REGION": "b"]) == "b")
    }
}
