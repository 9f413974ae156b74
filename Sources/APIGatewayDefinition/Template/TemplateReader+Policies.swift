extension TemplateReader {
    /// What a function's role lets it do with the API: the role's own policies, and the ones that are attached to it.
    ///
    /// Only statements that may concern `execute-api` are read; the others are for other services to enforce. Of AWS's managed policies the
    /// two that concern it are known; any other grants nothing here.
    mutating func policy(role: String?, function: String) throws(DefinitionError) -> PolicyDocument {
        guard let role else { return .none }
        var roleId: String?
        for id in try self.resources("AWS::IAM::Role") {
            let node = DocumentNode(.list([DocumentNode(text: id), DocumentNode(text: "Arn")]))
            if try self.evaluator.attribute(node, path: ["Resources", id]).text == role { roleId = id }
        }
        // A role from elsewhere: what it may do is not known, so here it may do nothing.
        guard let roleId else { return .none }
        var statements: [PolicyStatement] = []
        var managed: [String] = []
        try self.properties(of: roleId) { (properties) throws(DefinitionError) in
            managed = try properties.texts("ManagedPolicyArns") ?? []
            let place = properties.path + ["Policies"]
            for (index, policy) in (properties.node?["Policies"]?.list ?? []).enumerated() {
                // A policy of the list may itself be conditional.
                let path = place + [String(index)]
                guard let policy = try properties.evaluator.resolvingIf(policy, path: path), let document = policy["PolicyDocument"] else {
                    continue
                }
                statements += try properties.evaluator.statements(document, path: path + ["PolicyDocument"])
            }
        }
        let name = try self.evaluator.reference(DocumentNode(text: roleId), path: ["Resources", roleId])?.text
        for type in ["AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"] {
            for id in try self.resources(type) {
                statements += try self.properties(of: id) { (properties) throws(DefinitionError) in
                    let roles = try type == "AWS::IAM::RolePolicy" ? properties.texts("RoleName") : properties.texts("Roles")
                    let own = try properties.reference(to: id)
                    let isAttached = type == "AWS::IAM::ManagedPolicy" && managed.contains(own ?? "")
                    guard isAttached || roles?.contains(name ?? "") == true, let document = properties.node?["PolicyDocument"] else {
                        return []
                    }
                    return try properties.evaluator.statements(document, path: properties.path + ["PolicyDocument"])
                }
            }
        }
        for arn in managed {
            if arn.hasSuffix(":policy/AdministratorAccess") {
                statements.append(PolicyStatement(.allow, actions: ["*"], resources: ["*"]))
            } else if arn.hasSuffix(":policy/AmazonAPIGatewayInvokeFullAccess") {
                statements.append(
                    PolicyStatement(
                        .allow, actions: ["execute-api:Invoke", "execute-api:ManageConnections"], resources: ["arn:*:execute-api:*:*:*"]))
            }
        }
        guard statements.count <= PolicyDocument.maximumStatements else {
            throw DefinitionError(.limit, path: ["Resources", roleId], "has more than \(PolicyDocument.maximumStatements) statements")
        }
        return PolicyDocument(statements: statements)
    }
}

extension TemplateEvaluator {
    /// The branch that an `Fn::If` takes, itself not evaluated yet.
    mutating func resolvingIf(_ node: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode? {
        if node["Ref"]?.text == "AWS::NoValue" { return nil }
        guard let parts = node["Fn::If"], node.entries?.count == 1 else { return node }
        let arguments = try self.arguments(parts, count: 3...3, path: path)
        let holds = try self.condition(named: arguments[0].text ?? "", path: path, line: node.line)
        return try self.resolvingIf(arguments[holds ? 1 : 2], path: path)
    }

    /// The statements of a document that may concern `execute-api`.
    mutating func statements(_ document: DocumentNode, path: [String]) throws(DefinitionError) -> [PolicyStatement] {
        guard let document = try self.resolvingIf(document, path: path), let statement = document["Statement"] else { return [] }
        var statements: [PolicyStatement] = []
        for (index, node) in (statement.list ?? [statement]).enumerated() {
            let place = path + ["Statement"] + (statement.list == nil ? [] : [String(index)])
            guard let node = try self.resolvingIf(node, path: place) else { continue }
            if let actions = node["Action"], let value = try self.evaluate(actions, path: place + ["Action"]),
                !Self.concernsAPI(value.list ?? [value])
            {
                continue
            }
            guard let value = try self.evaluate(node, path: place) else { continue }
            statements.append(try PolicyStatement(value, path: place))
        }
        return statements
    }

    /// Whether an action of the list may be one of `execute-api`'s. What is no action at all is left to be refused.
    private static func concernsAPI(_ actions: [DocumentNode]) -> Bool {
        actions.contains { node in
            guard let action = node.text, let colon = action.firstIndex(of: ":") else { return true }
            return PolicyPattern(action: String(action[..<colon])).matches(Array("execute-api".utf8))
        }
    }
}
