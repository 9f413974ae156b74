/// What a template leaves open, and a gateway on one's own machine has to know.
public struct TemplateOptions: Sendable {
    /// Values of the template's parameters. One that the template does not have is an error. Default: each parameter's own default.
    public var parameters: [String: String] = [:]

    /// `AWS::StackName`. Default `local`.
    public var stackName = "local"

    /// `AWS::Region`. Default `us-east-1`.
    public var region = "us-east-1"

    /// `AWS::AccountId`: 12 digits. Default `000000000000`.
    public var accountId = "000000000000"

    /// What the API is called in ARNs and events, and what `!Ref` of it yields. Default `local00000`.
    public var apiId = "local00000"

    /// The logical id of the API, where the template has several WebSocket APIs. Default: the only one.
    public var api: String?

    /// The logical id of the stage, where the API has several. Default: the only one.
    public var stage: String?

    /// What a resource is in truth, where its default name does not do: `UserPool` is what `!Ref UserPool` yields,
    /// `UserPool.ProviderURL` what `!GetAtt UserPool.ProviderURL` does. An export of another stack goes by its name.
    public var references: [String: String] = [:]

    /// A function's command, by its logical id or its name. Default: `python3 -m awslambdaric HANDLER` for `python*`, `./bootstrap` for
    /// `provided.*`, and `bootstrap` in the function's folder is looked for in ``codeDirectory``.
    public var commands: [String: [String]] = [:]

    /// More environment of a function, by its logical id or its name; it wins over the template's. `*` is for every function.
    public var environment: [String: [String: String]] = [:]

    /// The most processes of a function, by its logical id or its name. Default: `ReservedConcurrentExecutions` up to 4, or 4.
    public var concurrency: [String: Int] = [:]

    /// Quotas by their name in a configuration file, each with the value that it would have there: `"off"`, `"29s"`, `"500"`. They win over
    /// the throttling of the template's stage. Default: what the stage says, and API Gateway's own.
    public var quotas: [String: String] = [:]

    /// The template's folder, which a local path in `Code` is relative to.
    public var baseDirectory: String

    /// Where code that the template has in S3 lies unpacked, a folder for each function by its logical id. Default `.build/lambda` in
    /// ``baseDirectory``.
    public var codeDirectory: String

    /// Where to listen. A template does not say.
    public var listener = ListenerDefinition()

    public init(baseDirectory: String) {
        self.baseDirectory = baseDirectory
        self.codeDirectory = FilePath.resolve(".build/lambda", in: baseDirectory)
    }
}
