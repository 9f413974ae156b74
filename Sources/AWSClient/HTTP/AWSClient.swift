package import ChatProtocol
import ChatStore
import HTTPTypes
public import Logging

/// Sends operations to one service: signs them, sends them, and sends them again where that can help.
///
/// Copies share the retry quota and what was learnt about the service's clock.
public struct AWSClient: Sendable {
    /// How a client waits and tries.
    public struct Configuration: Sendable {
        public var retry = AWSRetryPolicy()
        /// How long one attempt may take. Default 10 s. Stops a silent peer from holding the caller.
        public var attemptTimeout: Duration = .seconds(10)
        /// The longest answer, in bytes. Default 24 MiB: the largest page of DynamoDB, 16 MiB, and its encoding. Stops a peer from
        /// filling the memory.
        public var maximumResponseBytes = 24 << 20

        public init() {}
    }

    /// What a client takes from its surroundings, so that a test can play them.
    package struct Surroundings: Sendable {
        package var now: @Sendable () -> Timestamp
        /// Ends early with `CancellationError` if the task is cancelled.
        package var sleep: @Sendable (Duration) async throws -> Void
        /// A number from 0 up to but not including 1.
        package var random: @Sendable () -> Double

        package init(
            now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
            random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
        ) {
            self.now = now
            self.sleep = sleep
            self.random = random
        }
    }

    private let endpoint: AWSEndpoint
    private let credentials: any AWSCredentialProvider
    private let http: any AWSHTTPClient
    private let configuration: Configuration
    private let surroundings: Surroundings
    private let signer: SigV4Signer
    private let state: AWSClientState
    private let logger: Logger

    /// - Parameters:
    ///   - service: the name that goes into the signature: `dynamodb`, `execute-api`.
    ///   - region: as `eu-central-1`; ``AWSRegion/resolve(environment:)`` reads it from the environment.
    ///   - endpoint: for DynamoDB ``AWSEndpoint/resolve(service:region:environment:)``.
    ///   - http: default: ``AsyncAWSHTTPClient`` with the client that the process shares.
    ///   - logger: retries are written to it at `debug`. Default: silent.
    public init(
        service: String, region: String, endpoint: AWSEndpoint, credentials: any AWSCredentialProvider,
        http: any AWSHTTPClient = AsyncAWSHTTPClient(), configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "chat.aws") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.init(
            service: service, region: region, endpoint: endpoint, credentials: credentials, http: http, configuration: configuration,
            logger: logger, surroundings: Surroundings())
    }

    package init(
        service: String, region: String, endpoint: AWSEndpoint, credentials: any AWSCredentialProvider, http: any AWSHTTPClient,
        configuration: Configuration, logger: Logger, surroundings: Surroundings
    ) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.http = http
        self.configuration = configuration
        self.surroundings = surroundings
        self.signer = SigV4Signer(service: service, region: region)
        self.state = AWSClientState(quota: configuration.retry.quota)
        self.logger = logger
    }

    /// Carries out one operation.
    ///
    /// - Returns: the answer, whose status is 2xx.
    /// - Throws: ``AWSError`` after the last attempt; what the credential provider throws; `CancellationError` as soon as the task is
    ///   cancelled, be it in the middle of a wait.
    public func send(_ operation: AWSOperation) async throws -> AWSHTTPResponse {
        var retry = AWSRetry(policy: self.configuration.retry, isIdempotent: operation.isIdempotent)
        while true {
            try Task.checkCancellation()
            do {
                let response = try await self.attempt(operation)
                self.state.succeeded(retry)
                return response
            } catch let error as AWSError {
                let random = self.surroundings.random()
                guard let wait = self.state.wait(after: error, in: &retry, now: self.surroundings.now(), random: random) else {
                    throw error
                }
                self.logger.debug(
                    "An AWS request is sent again.",
                    metadata: ["aws.code": "\(error.code)", "aws.attempt": "\(retry.attempts)", "aws.wait": "\(wait)"])
                try await self.surroundings.sleep(wait)
            }
        }
    }

    private func attempt(_ operation: AWSOperation) async throws -> AWSHTTPResponse {
        let credentials = try await self.credentials.credentials()
        var request = AWSHTTPRequest(
            method: operation.method, scheme: self.endpoint.scheme, host: self.endpoint.host,
            path: self.endpoint.pathPrefix + operation.path, query: operation.query, headers: operation.headers, body: operation.body)
        self.signer.sign(&request, credentials: credentials, at: self.surroundings.now() + self.state.clockOffset)
        let response = try await self.http.send(
            request, timeout: self.configuration.attemptTimeout, maximumResponseBytes: self.configuration.maximumResponseBytes)
        guard response.status.kind == .successful else { throw AWSError(response) }
        return response
    }
}
