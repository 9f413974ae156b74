extension PolicyDocument {
    /// Reads a policy's JSON or YAML text.
    ///
    /// - Throws: ``DefinitionError`` with the place: a syntax error, a key that is not a policy's, or something that can't be decided here
    ///   (`Condition`, `Principal`, policy variables).
    public init(_ text: String) throws(DefinitionError) {
        try self.init(DocumentNode(parsing: text), path: [])
    }

    init(_ node: DocumentNode, path: [String]) throws(DefinitionError) {
        let document = try MappingReader(node, path: path, keys: ["Version", "Id", "Statement"])
        // Without a version IAM takes 2008-10-17, which differs in policy variables only, and those are refused.
        if let version = try document.string("Version"), version != "2012-10-17", version != "2008-10-17" {
            throw document.error(.value, "Version", "must be 2012-10-17 or 2008-10-17")
        }
        let place = path + ["Statement"]
        guard let statement = document.node("Statement") else { throw document.error(.missing, "Statement", "is missing") }
        let nodes = statement.list ?? [statement]
        guard nodes.count <= Self.maximumStatements else {
            throw document.error(.limit, "Statement", "has more than \(Self.maximumStatements) statements")
        }
        var statements: [PolicyStatement] = []
        for (index, node) in nodes.enumerated() {
            statements.append(try PolicyStatement(node, path: statement.list == nil ? place : place + [String(index)]))
        }
        self.statements = statements
    }
}

extension PolicyDocument: Decodable {
    /// Reads a policy from any decoder, as an authorizer's answer has it.
    ///
    /// - Throws: ``DefinitionError``, as ``init(_:)`` does, or what the decoder throws.
    public init(from decoder: any Decoder) throws {
        try self.init(DocumentNode(from: decoder), path: [])
    }
}

extension PolicyStatement {
    init(_ node: DocumentNode, path: [String]) throws(DefinitionError) {
        let statement = try MappingReader(
            node, path: path,
            keys: ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "NotPrincipal"])
        for key in ["Condition", "Principal", "NotPrincipal"] where statement.node(key) != nil {
            throw statement.error(.policy, key, "can't be enforced here, and is not left out: write the statement without it")
        }
        switch try statement.requiredString("Effect") {
        case "Allow": self.effect = .allow
        case "Deny": self.effect = .deny
        default: throw statement.error(.value, "Effect", "must be Allow or Deny")
        }
        self.actions = try Self.selection(statement, "Action", pattern: Self.action)
        self.resources = try Self.selection(statement, "Resource", pattern: Self.resource)
    }

    private static func selection(
        _ statement: MappingReader, _ key: String, pattern: (String, MappingReader, String) throws(DefinitionError) -> PolicyPattern
    ) throws(DefinitionError) -> Selection {
        let name = statement.node(key) == nil ? "Not" + key : key
        guard let texts = try statement.strings(name) else { throw statement.error(.missing, key, "is missing, as is Not\(key)") }
        if name == key, statement.node("Not" + key) != nil { throw statement.error(.policy, "Not" + key, "excludes \(key)") }
        guard !texts.isEmpty else { throw statement.error(.value, name, "is empty") }
        guard texts.count <= 256 else { throw statement.error(.limit, name, "has more than 256 entries") }
        var patterns: [PolicyPattern] = []
        for text in texts {
            guard text.utf8.count <= 2048 else { throw statement.error(.limit, name, "has an entry of more than 2,048 bytes") }
            patterns.append(try pattern(text, statement, name))
        }
        return name == key ? .matching(patterns) : .notMatching(patterns)
    }

    private static func action(_ text: String, _ statement: MappingReader, _ key: String) throws(DefinitionError) -> PolicyPattern {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text == "*" || (parts.count == 2 && parts.allSatisfy { !$0.isEmpty }) else {
            throw statement.error(.value, key, "must be SERVICE:ACTION or *")
        }
        return PolicyPattern(action: text)
    }

    private static func resource(_ text: String, _ statement: MappingReader, _ key: String) throws(DefinitionError) -> PolicyPattern {
        guard !text.contains("${") else { throw statement.error(.policy, key, "has a policy variable, which can't be decided here") }
        guard text.hasPrefix("arn:") || text == "*" else { throw statement.error(.value, key, "must be an ARN or *") }
        return PolicyPattern(resource: text)
    }
}
