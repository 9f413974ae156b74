extension APIDefinition {
    /// Reads the WebSocket API of a CloudFormation template, with the functions behind it.
    ///
    /// What has nothing to do with the gateway is passed over. A function's role becomes an access key of its own, made up anew at each
    /// reading, with the role's statements on `execute-api`: so the functions may here what they may on AWS.
    ///
    /// - Parameters:
    ///   - text: the template, YAML or JSON, at most 1 MiB.
    ///   - options: what the template leaves open.
    /// - Throws: ``DefinitionError`` with the place in the template, or with `quotas` and a name for a quota of the options. The definition
    ///   that is returned is valid (``validate()``).
    public init(template text: String, options: TemplateOptions) throws(DefinitionError) {
        self.init()
        var reader = TemplateReader(TemplateEvaluator(try Template(text, options: options)))
        self.listener = options.listener
        self.region = options.region
        self.accountId = options.accountId
        self.apiId = options.apiId
        let api = try reader.onlyResource("AWS::ApiGatewayV2::Api", chosen: options.api) { (properties) throws(DefinitionError) in
            try properties.text("ProtocolType") == "WEBSOCKET"
        }
        self.routeSelectionExpression = try reader.properties(of: api) { (properties) throws(DefinitionError) in
            try properties.text("RouteSelectionExpression") ?? "$request.body.action"
        }
        try self.readStage(api: api, &reader)
        try self.quotas.apply(options.quotas)
        try self.readRoutes(api: api, &reader)
        for id in reader.functions.sorted() {
            let function = try reader.function(id)
            self.functions[function.name] = function.definition
            if let key = function.accessKey { self.accessKeys.append(key) }
        }
        try self.validate()
    }

    private mutating func readStage(api: String, _ reader: inout TemplateReader) throws(DefinitionError) {
        let stage = try reader.onlyResource("AWS::ApiGatewayV2::Stage", chosen: reader.options.stage) { (stage) throws(DefinitionError) in
            try stage.text("ApiId") == stage.reference(to: api)
        }
        var definition = self
        try reader.properties(of: stage) { (properties) throws(DefinitionError) in
            guard let name = try properties.text("StageName") else { throw properties.error(.missing, "StageName", "is missing") }
            definition.stage = name
            definition.stageVariables = try properties.evaluated("StageVariables")?.stringMap() ?? [:]
            if let settings = try properties.evaluated("DefaultRouteSettings") {
                if let rate = try settings.integer("ThrottlingRateLimit", in: 1...10_000_000) { definition.quotas.requestsPerSecond = rate }
                if let burst = try settings.integer("ThrottlingBurstLimit", in: 1...10_000_000) { definition.quotas.burst = burst }
            }
            for (route, node, path) in try properties.evaluated("RouteSettings")?.all ?? [] {
                guard node["ThrottlingRateLimit"] == nil, node["ThrottlingBurstLimit"] == nil else {
                    throw DefinitionError(.unsupported, path: path, line: node.line, "throttles \(route) apart, which is not done here")
                }
            }
            definition.accessLogFormat = try properties.evaluated("AccessLogSettings")?.string("Format")
        }
        self = definition
    }

    private mutating func readRoutes(api: String, _ reader: inout TemplateReader) throws(DefinitionError) {
        var authorizers: Set<String> = []
        let responding = try reader.routesWithResponse(api: api)
        for id in try reader.resources("AWS::ApiGatewayV2::Route", of: api) {
            let route = try reader.route(id, respondsIfSelected: responding.contains(id))
            let path = ["Resources", id, "Properties", "RouteKey"]
            guard self.routes[route.key] == nil else { throw DefinitionError(.value, path: path, "is another route's key as well") }
            if let authorizer = route.authorizer { authorizers.insert(authorizer) }
            self.routes[route.key] = route.definition
        }
        guard let authorizer = authorizers.sorted().first else { return }
        guard authorizers.count == 1 else {
            throw DefinitionError(.unsupported, path: ["Resources", authorizer], "there are more authorizers than one")
        }
        self.authorizer = try reader.authorizer(authorizer)
    }
}
