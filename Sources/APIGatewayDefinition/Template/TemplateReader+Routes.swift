extension TemplateReader {
    struct Route {
        var key: String
        var definition: RouteDefinition
        /// The authorizer's logical id.
        var authorizer: String?
    }

    /// Logical ids of the routes that have a route response with the key `$default`, the only one that works.
    mutating func routesWithResponse(api: String) throws(DefinitionError) -> Set<String> {
        var routes: Set<String> = []
        for id in try self.resources("AWS::ApiGatewayV2::RouteResponse", of: api) {
            let route = try self.properties(of: id) { (properties) throws(DefinitionError) -> String? in
                guard try properties.text("RouteResponseKey") == "$default" else {
                    throw properties.error(.unsupported, "RouteResponseKey", "must be $default, as on API Gateway")
                }
                return try properties.text("RouteId")
            }
            if let route { routes.insert(route) }
        }
        return routes
    }

    mutating func route(_ id: String, respondsIfSelected: Bool) throws(DefinitionError) -> Route {
        var target = ""
        var route = try self.properties(of: id) { (properties) throws(DefinitionError) in
            guard let key = try properties.text("RouteKey") else { throw properties.error(.missing, "RouteKey", "is missing") }
            for unsupported in ["RequestModels", "ModelSelectionExpression"] where try properties.value(unsupported) != nil {
                throw properties.error(.unsupported, unsupported, "is not read here: messages are not validated against models")
            }
            guard try properties.text("ApiKeyRequired") ?? "false" == "false" else {
                throw properties.error(.unsupported, "ApiKeyRequired", "is not read here: there are no usage plans")
            }
            var route = Route(key: key, definition: RouteDefinition(function: ""))
            switch try properties.text("AuthorizationType") ?? "NONE" {
            case "NONE": break
            case "CUSTOM":
                guard let authorizer = try properties.text("AuthorizerId") else {
                    throw properties.error(.missing, "AuthorizerId", "is missing")
                }
                guard key == "$connect" else { throw properties.error(.value, "AuthorizationType", "only $connect can be authorized") }
                route.authorizer = authorizer
                route.definition.requiresAuthorizer = true
            default: throw properties.error(.unsupported, "AuthorizationType", "must be NONE or CUSTOM here")
            }
            if let expression = try properties.text("RouteResponseSelectionExpression") {
                guard expression == "$default" else {
                    throw properties.error(.unsupported, "RouteResponseSelectionExpression", "must be $default, as on API Gateway")
                }
                route.definition.hasRouteResponse = respondsIfSelected
            }
            guard let text = try properties.text("Target"), text.hasPrefix("integrations/") else {
                throw properties.error(.missing, "Target", "must be integrations/INTEGRATION")
            }
            target = String(text.dropFirst("integrations/".count))
            return route
        }
        let path = ["Resources", id, "Properties", "Target"]
        try self.readIntegration(self.resource(target, type: "AWS::ApiGatewayV2::Integration", path: path), into: &route.definition)
        return route
    }

    private mutating func readIntegration(_ id: String, into route: inout RouteDefinition) throws(DefinitionError) {
        var uri = ""
        try self.properties(of: id) { (properties) throws(DefinitionError) in
            guard try properties.text("IntegrationType") == "AWS_PROXY" else {
                throw properties.error(
                    .unsupported, "IntegrationType", "must be AWS_PROXY here: nothing else is called, and no template is run")
            }
            guard let text = try properties.text("IntegrationUri") else { throw properties.error(.missing, "IntegrationUri", "is missing") }
            uri = text
            if let milliseconds = try properties.integer("TimeoutInMillis", in: 50...29_000) {
                route.integrationTimeout = .milliseconds(milliseconds)
            }
        }
        let path = ["Resources", id, "Properties", "IntegrationUri"]
        route.function = try self.functionName(self.function(uri: uri, path: path), path: path)
    }

    mutating func authorizer(_ id: String) throws(DefinitionError) -> AuthorizerDefinition {
        let id = try self.resource(id, type: "AWS::ApiGatewayV2::Authorizer", path: ["Resources", id])
        var uri = ""
        var sources: [String] = []
        try self.properties(of: id) { (properties) throws(DefinitionError) in
            guard try properties.text("AuthorizerType") == "REQUEST" else {
                throw properties.error(.unsupported, "AuthorizerType", "must be REQUEST: WebSocket APIs have no other")
            }
            guard let text = try properties.text("AuthorizerUri") else { throw properties.error(.missing, "AuthorizerUri", "is missing") }
            uri = text
            sources = try properties.texts("IdentitySource") ?? []
        }
        let path = ["Resources", id, "Properties", "AuthorizerUri"]
        return AuthorizerDefinition(
            function: try self.functionName(self.function(uri: uri, path: path), path: path), identitySources: sources)
    }
}
