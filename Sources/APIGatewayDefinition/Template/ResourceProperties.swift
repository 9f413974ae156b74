/// The properties of one resource, each evaluated when it is asked for.
struct ResourceProperties {
    let id: String
    let node: DocumentNode?
    /// The evaluator goes along, since it counts.
    var evaluator: TemplateEvaluator

    var path: [String] { ["Resources", self.id, "Properties"] }

    func error(_ code: DefinitionError.Code, _ key: String, _ message: String) -> DefinitionError {
        DefinitionError(code, path: self.path + [key], line: (self.node?[key] ?? self.node)?.line, message)
    }

    /// The value, or `nil` where it is missing or `AWS::NoValue`.
    mutating func value(_ key: String) throws(DefinitionError) -> DocumentNode? {
        guard let node = self.node?[key], let value = try self.evaluator.evaluate(node, path: self.path + [key]), !value.isNull else {
            return nil
        }
        return value
    }

    mutating func text(_ key: String) throws(DefinitionError) -> String? {
        guard let value = try self.value(key) else { return nil }
        guard let text = value.text else { throw self.error(.type, key, "must be a text, and is \(value.kind)") }
        return text
    }

    mutating func texts(_ key: String) throws(DefinitionError) -> [String]? {
        guard let value = try self.value(key) else { return nil }
        return try MappingReader(
            DocumentNode(.map([DocumentNode.Entry(key: key, value: value)])), path: self.path, keys: nil
        ).strings(key)
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(DefinitionError) -> Int? {
        guard let value = try self.value(key) else { return nil }
        return try MappingReader(
            DocumentNode(.map([DocumentNode.Entry(key: key, value: value)])), path: self.path, keys: nil
        ).integer(key, in: range)
    }

    /// A mapping, evaluated as a whole.
    mutating func evaluated(_ key: String) throws(DefinitionError) -> MappingReader? {
        guard let value = try self.value(key) else { return nil }
        return try MappingReader(value, path: self.path + [key], keys: nil)
    }

    /// What `Ref` of another resource yields.
    mutating func reference(to id: String) throws(DefinitionError) -> String? {
        try self.evaluator.reference(DocumentNode(text: id), path: self.path)?.text
    }
}
