extension TemplateReader {
    struct Function {
        var name: String
        var definition: FunctionDefinition
        var accessKey: AccessKeyDefinition?
    }

    mutating func function(_ id: String) throws(DefinitionError) -> Function {
        let options = self.options
        let name = try self.functionName(id, path: ["Resources", id])
        var role: String?
        var definition = FunctionDefinition(command: [])
        try self.properties(of: id) { (properties) throws(DefinitionError) in
            definition.handler = try properties.text("Handler") ?? "bootstrap"
            definition.timeout = .seconds(try properties.integer("Timeout", in: 1...900) ?? 3)
            definition.memory = try properties.integer("MemorySize", in: 128...10_240) ?? 128
            let reserved = try properties.integer("ReservedConcurrentExecutions", in: 0...100_000)
            definition.concurrency = options.concurrency[id] ?? options.concurrency[name] ?? min(max(reserved ?? 4, 1), 4)
            let environment = try properties.evaluated("Environment")
            definition.environment = try environment?.stringMap("Variables") ?? [:]
            for more in [options.environment["*"], options.environment[id], options.environment[name]] {
                definition.environment.merge(more ?? [:]) { $1 }
            }
            let directory = try Self.codeDirectory(of: id, &properties, options: options)
            if let command = options.commands[id] ?? options.commands[name] {
                // Who says what runs it need not have unpacked what is deployed.
                definition.command = command
                definition.workingDirectory = options.baseDirectory
            } else {
                definition.workingDirectory = directory ?? options.baseDirectory
                definition.command = try Self.command(&properties, handler: definition.handler, hasDirectory: directory != nil)
            }
            role = try properties.text("Role")
        }
        let policy = try self.policy(role: role, function: id)
        let key = AccessKeyDefinition.generated(policy: policy)
        definition.accessKeyId = key.accessKeyId
        return Function(name: name, definition: definition, accessKey: key)
    }

    /// Where the code lies: a local path as it stands, what is in S3 unpacked under the logical id. `nil` for code in the template itself.
    private static func codeDirectory(
        of id: String, _ properties: inout ResourceProperties, options: TemplateOptions
    ) throws(DefinitionError) -> String? {
        guard let code = properties.node?["Code"] else { return nil }
        // Bucket and key are not evaluated: what they are parameters of is known to the deployment only.
        if code["S3Bucket"] != nil || code["S3Key"] != nil { return FilePath.resolve(id, in: options.codeDirectory) }
        guard let path = try properties.value("Code")?.text else { return nil }
        guard !path.hasPrefix("s3://"), !path.hasPrefix("https://") else { return FilePath.resolve(id, in: options.codeDirectory) }
        return FilePath.resolve(path, in: options.baseDirectory)
    }

    private static func command(
        _ properties: inout ResourceProperties, handler: String, hasDirectory: Bool
    ) throws(DefinitionError) -> [String] {
        let runtime = try properties.text("Runtime") ?? ""
        guard hasDirectory else { throw properties.error(.unsupported, "Code", "is no folder: give a command for the function") }
        if runtime.hasPrefix("python") { return ["python3", "-m", "awslambdaric", handler] }
        if runtime.hasPrefix("provided") { return ["./bootstrap"] }
        throw properties.error(.unsupported, "Runtime", "has no command of its own here: give one for the function")
    }
}

extension AccessKeyDefinition {
    /// A key that nobody else has: 20 and 40 characters, as AWS's are.
    static func generated(policy: PolicyDocument) -> AccessKeyDefinition {
        var generator = SystemRandomNumberGenerator()
        let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let id = "AKIA" + String((0..<16).map { _ in capitals.randomElement(using: &generator)! })
        let secret = String((0..<40).map { _ in letters.randomElement(using: &generator)! })
        return AccessKeyDefinition(accessKeyId: id, secretAccessKey: secret, policy: policy)
    }
}
