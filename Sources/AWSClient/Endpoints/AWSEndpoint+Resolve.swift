extension AWSEndpoint {
    /// The endpoint of a service: what the environment says, or AWS's own.
    ///
    /// In this order: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, `https://<service>.<region>.amazonaws.com`. With
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` only the last. An empty variable counts as absent.
    ///
    /// - Parameters:
    ///   - service: the service's id: `DynamoDB`, `STS`, `ApiGatewayManagementApi`, `Cognito Identity Provider`. Case does not matter; for
    ///     the variable it is put in capitals, with underscores for spaces and hyphens.
    ///   - region: as `eu-central-1`.
    /// - Throws: ``AWSError`` with `invalidConfiguration` if the variable holds no URL (it says which variable), or if the region or
    ///   the service is no name.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
    public static func resolve(service: String, region: String, environment: [String: String]) throws -> AWSEndpoint {
        guard Self.isLabel(service.lowercased().replacing(" ", with: "-")) else {
            throw AWSError(.invalidConfiguration, "the id of the service is no name")
        }
        if environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() != "true" {
            let id = service.uppercased().replacing(" ", with: "_").replacing("-", with: "_")
            for variable in ["AWS_ENDPOINT_URL_\(id)", "AWS_ENDPOINT_URL"] {
                if let url = environment[variable], !url.isEmpty { return try Self.parse(url, source: variable) }
            }
        }
        let region = try AWSRegion.validated(region, source: "the region")
        return AWSEndpoint(host: "\(Self.prefix(service: service)).\(region).\(AWSRegion.domain(region: region))")
    }

    /// The first label of the host, where it is not the id itself.
    private static func prefix(service: String) -> String {
        switch service.lowercased() {
        case "apigatewaymanagementapi": "execute-api"
        case "cognito identity provider": "cognito-idp"
        case let id: id.replacing(" ", with: "-")
        }
    }

    static func isLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") }
    }
}
