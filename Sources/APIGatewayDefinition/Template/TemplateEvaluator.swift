/// Evaluates intrinsic functions: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>.
///
/// Only what is asked for is evaluated, so that what does not concern the gateway may be anything.
struct TemplateEvaluator {
    let template: Template

    /// What is being evaluated: a name that comes up again is defined by itself.
    private var stack: [String] = []

    /// Steps and bytes so far. A few lines that each name the one before twice would otherwise take all time and memory.
    private var steps = 0
    private var bytes = 0

    static let maximumSteps = 100_000
    static let maximumBytes = 8 * DocumentLimits.bytes

    init(_ template: Template) {
        self.template = template
    }

    /// The value without intrinsics, or `nil` for `AWS::NoValue`.
    mutating func evaluate(_ node: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode? {
        try self.count(node, path: path)
        switch node.value {
        case .null: return node
        case .scalar(let text, _):
            guard !text.contains("{{resolve:") else {
                throw DefinitionError(.unsupported, path: path, line: node.line, "is a dynamic reference, which is not read here")
            }
            return node
        case .list(let nodes):
            var values: [DocumentNode] = []
            for (index, node) in nodes.enumerated() {
                if let value = try self.evaluate(node, path: path + [String(index)]) { values.append(value) }
            }
            return DocumentNode(.list(values), line: node.line)
        case .map(let entries):
            if entries.count == 1, entries[0].key == "Ref" || entries[0].key.hasPrefix("Fn::") {
                return try self.call(entries[0].key, entries[0].value, path: path)
            }
            var values: [DocumentNode.Entry] = []
            for entry in entries {
                guard let value = try self.evaluate(entry.value, path: path + [entry.key]) else { continue }
                values.append(DocumentNode.Entry(key: entry.key, value: value))
            }
            return DocumentNode(.map(values), line: node.line)
        }
    }

    /// The value, which must be a text.
    mutating func text(_ node: DocumentNode, path: [String]) throws(DefinitionError) -> String {
        guard let value = try self.evaluate(node, path: path), let text = value.text else {
            throw DefinitionError(.type, path: path, line: node.line, "must be a text")
        }
        return text
    }

    /// Evaluates `body` as what `name` is defined by.
    mutating func within<Value>(
        _ name: String, path: [String], _ body: (inout TemplateEvaluator) throws(DefinitionError) -> Value
    ) throws(DefinitionError) -> Value {
        guard !self.stack.contains(name) else {
            throw DefinitionError(.cycle, path: path, "is defined by itself: \((self.stack + [name]).joined(separator: " > "))")
        }
        guard self.stack.count < DocumentLimits.depth else { throw DefinitionError(.limit, path: path, "is defined by too many others") }
        self.stack.append(name)
        let value = try body(&self)
        self.stack.removeLast()
        return value
    }

    private mutating func count(_ node: DocumentNode, path: [String]) throws(DefinitionError) {
        self.steps += 1
        self.bytes += node.text?.utf8.count ?? 0
        guard self.steps <= Self.maximumSteps, self.bytes <= Self.maximumBytes else {
            throw DefinitionError(.limit, path: path, line: node.line, "takes too much to evaluate")
        }
    }

    /// A text that a function made.
    mutating func made(_ text: String, _ node: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode {
        let made = DocumentNode(text: text, line: node.line)
        try self.count(made, path: path)
        return made
    }
}
