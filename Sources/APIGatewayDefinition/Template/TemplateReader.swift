/// Finds in a template what a gateway needs.
struct TemplateReader {
    var evaluator: TemplateEvaluator

    /// Logical ids of functions that a route or the authorizer calls.
    var functions: Set<String> = []

    var options: TemplateOptions { self.evaluator.template.options }

    init(_ evaluator: TemplateEvaluator) {
        self.evaluator = evaluator
    }

    /// Reads from a resource's properties.
    mutating func properties<Value>(
        of id: String, _ body: (inout ResourceProperties) throws(DefinitionError) -> Value
    ) throws(DefinitionError) -> Value {
        var properties = ResourceProperties(id: id, node: self.evaluator.template.resources[id]?.properties, evaluator: self.evaluator)
        let value = try body(&properties)
        self.evaluator = properties.evaluator
        return value
    }

    /// The resources of a type that are there under the conditions, by logical id.
    mutating func resources(_ type: String) throws(DefinitionError) -> [String] {
        var ids: [String] = []
        for id in self.evaluator.template.resources.keys.sorted() where self.evaluator.template.resources[id]?.type == type {
            if try self.evaluator.exists(id) { ids.append(id) }
        }
        return ids
    }

    /// The ones that belong to an API.
    mutating func resources(_ type: String, of api: String) throws(DefinitionError) -> [String] {
        var ids: [String] = []
        for id in try self.resources(type)
        where try self.properties(
            of: id, { (properties) throws(DefinitionError) in try properties.text("ApiId") == properties.reference(to: api) })
        {
            ids.append(id)
        }
        return ids
    }

    /// The one resource of a type that `fits`, or the one that was chosen.
    mutating func onlyResource(
        _ type: String, chosen: String?, fits: (inout ResourceProperties) throws(DefinitionError) -> Bool
    ) throws(DefinitionError) -> String {
        var fitting: [String] = []
        for id in try self.resources(type) where try self.properties(of: id, fits) { fitting.append(id) }
        if let chosen {
            guard fitting.contains(chosen) else {
                throw DefinitionError(.reference, path: ["Resources", chosen], "is no \(type) that can be served")
            }
            return chosen
        }
        guard let first = fitting.first else {
            throw DefinitionError(.missing, path: ["Resources"], "there is no \(type) that can be served")
        }
        guard fitting.count == 1 else {
            throw DefinitionError(.value, path: ["Resources"], "there are several \(type): say which: \(fitting.joined(separator: ", "))")
        }
        return first
    }

    /// The resource that a reference names, where resources are called by their logical ids.
    func resource(_ id: String, type: String, path: [String]) throws(DefinitionError) -> String {
        guard self.evaluator.template.resources[id]?.type == type else {
            throw DefinitionError(.reference, path: path, "names no \(type): \(id.prefix(100))")
        }
        return id
    }

    /// The function that an invocation URI or an ARN means: its logical id. A version or an alias is the function itself here.
    mutating func function(uri: String, path: [String]) throws(DefinitionError) -> String {
        var arn = uri[...]
        if let start = uri.range(of: "/functions/")?.upperBound {
            guard uri.hasSuffix("/invocations") else {
                throw DefinitionError(.value, path: path, "must end with /invocations")
            }
            arn = uri[start..<uri.index(uri.endIndex, offsetBy: -"/invocations".count)]
        }
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard (7...8).contains(fields.count), fields[0] == "arn", fields[2] == "lambda", fields[5] == "function" else {
            throw DefinitionError(.value, path: path, "must be the URI or the ARN of a Lambda function")
        }
        for id in try self.resources("AWS::Lambda::Function")
        where try self.evaluator.reference(DocumentNode(text: id), path: path)?.text == String(fields[6]) {
            self.functions.insert(id)
            return id
        }
        throw DefinitionError(.reference, path: path, "names no function of the template: \(fields[6].prefix(140))")
    }

    /// What a function is called in the definition.
    mutating func functionName(_ id: String, path: [String]) throws(DefinitionError) -> String {
        try self.evaluator.reference(DocumentNode(text: id), path: path)?.text ?? id
    }
}

extension StringProtocol {
    /// The first place of a text, without Foundation.
    fileprivate func range(of other: String) -> Range<Index>? {
        var start = self.startIndex
        while start < self.endIndex {
            if self[start...].hasPrefix(other) { return start..<self.index(start, offsetBy: other.count) }
            start = self.index(after: start)
        }
        return nil
    }
}
