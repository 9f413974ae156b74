extension RouteDefinition {
    /// A function's name alone, or a mapping.
    init(_ node: DocumentNode, path: [String]) throws(DefinitionError) {
        if let function = node.text {
            self.init(function: function)
            return
        }
        let route = try MappingReader(node, path: path, keys: ["function", "response", "authorize", "timeout"])
        self.init(
            function: try route.requiredString("function"),
            hasRouteResponse: try route.bool("response") ?? false,
            requiresAuthorizer: try route.bool("authorize") ?? false,
            integrationTimeout: try route.duration("timeout", in: .milliseconds(50) ... .seconds(900)) ?? .seconds(29))
    }
}

extension FunctionDefinition {
    init(_ node: DocumentNode, path: [String], baseDirectory: String) throws(DefinitionError) {
        let function = try MappingReader(
            node, path: path,
            keys: ["command", "workingDirectory", "environment", "handler", "timeout", "memory", "concurrency", "accessKey"])
        guard let command = try function.strings("command") else { throw function.error(.missing, "command", "is missing") }
        self.init(
            command: command,
            workingDirectory: FilePath.resolve(try function.string("workingDirectory") ?? ".", in: baseDirectory),
            environment: try function.stringMap("environment") ?? [:],
            handler: try function.string("handler") ?? "bootstrap",
            timeout: try function.duration("timeout", in: .seconds(1) ... .seconds(900)) ?? .seconds(3),
            memory: try function.integer("memory", in: 128...10_240) ?? 128,
            concurrency: try function.integer("concurrency", in: 1...1000) ?? 4,
            accessKeyId: try function.string("accessKey"))
    }
}

extension AccessKeyDefinition {
    init(id: String, _ node: DocumentNode, path: [String], environment: [String: String]) throws(DefinitionError) {
        let key = try MappingReader(node, path: path, keys: ["secret", "secretVariable", "policy"])
        let secret: String
        if let variable = try key.string("secretVariable") {
            guard key.node("secret") == nil else { throw key.error(.value, "secretVariable", "excludes secret") }
            guard let value = environment[variable] else {
                throw key.error(.reference, "secretVariable", "is not set: \(variable.prefix(100))")
            }
            secret = value
        } else {
            secret = try key.requiredString("secret")
        }
        guard let policy = key.node("policy") else { throw key.error(.missing, "policy", "is missing") }
        self.init(accessKeyId: id, secretAccessKey: secret, policy: try PolicyDocument(policy, path: path + ["policy"]))
    }
}
