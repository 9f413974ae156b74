extension APIDefinition {
    /// Reads a gateway's configuration file: `docs/GATEWAY.md` has every key.
    ///
    /// - Parameters:
    ///   - text: YAML, or JSON, at most 1 MiB.
    ///   - baseDirectory: the file's folder, which relative paths in it are relative to.
    ///   - environment: the process's environment, for `secretVariable`.
    /// - Throws: ``DefinitionError`` with the place. The definition that is returned is valid (``validate()``).
    public init(configuration text: String, baseDirectory: String, environment: [String: String] = [:]) throws(DefinitionError) {
        self.init()
        let root = try MappingReader(
            DocumentNode(parsing: text), path: [],
            keys: ["listen", "api", "routes", "authorizer", "functions", "accessKeys", "quotas", "accessLog"])
        if let listen = try root.mapping("listen", keys: ["host", "port", "domainName", "tls"]) {
            self.listener = try ListenerDefinition(listen, baseDirectory: baseDirectory)
            self.domainName = try listen.string("domainName")
        } else {
            self.listener.tls = .development(directory: FilePath.resolve(".gateway", in: baseDirectory), names: [])
        }
        try self.readAPI(root)
        guard let routes = try root.mapping("routes", keys: nil) else { throw root.error(.missing, "routes", "is missing") }
        for (key, node, path) in routes.all { self.routes[key] = try RouteDefinition(node, path: path) }
        if let authorizer = try root.mapping("authorizer", keys: ["function", "identitySources"]) {
            self.authorizer = AuthorizerDefinition(
                function: try authorizer.requiredString("function"), identitySources: try authorizer.strings("identitySources") ?? [])
        }
        guard let functions = try root.mapping("functions", keys: nil) else { throw root.error(.missing, "functions", "is missing") }
        for (name, node, path) in functions.all {
            self.functions[name] = try FunctionDefinition(node, path: path, baseDirectory: baseDirectory)
        }
        for (id, node, path) in try root.mapping("accessKeys", keys: nil)?.all ?? [] {
            self.accessKeys.append(try AccessKeyDefinition(id: id, node, path: path, environment: environment))
        }
        if let quotas = try root.mapping("quotas", keys: QuotaDefinition.keys) { try self.quotas.apply(quotas) }
        if let log = try root.mapping("accessLog", keys: ["format"]) { self.accessLogFormat = try log.requiredString("format") }
        try self.validate()
    }

    private mutating func readAPI(_ root: MappingReader) throws(DefinitionError) {
        guard
            let api = try root.mapping(
                "api", keys: ["id", "stage", "region", "account", "routeSelectionExpression", "stageVariables"])
        else { return }
        self.apiId = try api.string("id") ?? self.apiId
        self.stage = try api.string("stage") ?? self.stage
        self.region = try api.string("region") ?? self.region
        self.accountId = try api.string("account") ?? self.accountId
        self.routeSelectionExpression = try api.string("routeSelectionExpression") ?? self.routeSelectionExpression
        self.stageVariables = try api.stringMap("stageVariables") ?? [:]
    }
}

extension ListenerDefinition {
    init(_ listen: MappingReader, baseDirectory: String) throws(DefinitionError) {
        self.init()
        self.host = try listen.string("host") ?? self.host
        self.port = try listen.integer("port", in: 0...65_535) ?? self.port
        self.tls = .development(directory: FilePath.resolve(".gateway", in: baseDirectory), names: [])
        guard let node = listen.node("tls") else { return }
        if node.text == "off" {
            self.tls = .off
            return
        }
        let tls = try MappingReader(node, path: listen.path + ["tls"], keys: ["directory", "names", "certificate", "key"])
        guard tls.node("certificate") != nil || tls.node("key") != nil else {
            self.tls = .development(
                directory: FilePath.resolve(try tls.string("directory") ?? ".gateway", in: baseDirectory),
                names: try tls.strings("names") ?? [])
            return
        }
        for key in ["directory", "names"] where tls.node(key) != nil {
            throw tls.error(.value, key, "is for the development certificate, which certificate and key replace")
        }
        self.tls = .files(
            certificate: FilePath.resolve(try tls.requiredString("certificate"), in: baseDirectory),
            key: FilePath.resolve(try tls.requiredString("key"), in: baseDirectory))
    }
}
