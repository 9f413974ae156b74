/// A mapping of which every key is known: reads its values and says where one is wrong.
struct MappingReader {
    let path: [String]
    private let line: Int?
    private let entries: [DocumentNode.Entry]

    /// - Throws: ``DefinitionError`` if it is no mapping, or if it has a key that is not among `keys`. `nil` takes any.
    init(_ node: DocumentNode, path: [String], keys: Set<String>?) throws(DefinitionError) {
        guard let entries = node.entries else {
            throw DefinitionError(.type, path: path, line: node.line, "must be a mapping, and is \(node.kind)")
        }
        if let keys, let unknown = entries.first(where: { !keys.contains($0.key) }) {
            throw DefinitionError(
                .unknownKey, path: path + [String(unknown.key.prefix(100))], line: unknown.value.line,
                "is not known here: known are \(keys.sorted().joined(separator: ", "))")
        }
        self.path = path
        self.line = node.line
        self.entries = entries
    }

    /// The value, if it is there and not `null`.
    func node(_ key: String) -> DocumentNode? {
        self.entries.first { $0.key == key && !$0.value.isNull }?.value
    }

    /// All keys with their values and places, in the file's order.
    var all: [(key: String, node: DocumentNode, path: [String])] {
        self.entries.map { ($0.key, $0.value, self.path + [$0.key]) }
    }

    func error(_ code: DefinitionError.Code, _ key: String, _ message: String) -> DefinitionError {
        DefinitionError(code, path: self.path + [key], line: self.node(key)?.line ?? self.line, message)
    }

    func string(_ key: String) throws(DefinitionError) -> String? {
        guard let node = self.node(key) else { return nil }
        guard let text = node.text else { throw self.error(.type, key, "must be a text, and is \(node.kind)") }
        return text
    }

    func requiredString(_ key: String) throws(DefinitionError) -> String {
        guard let text = try self.string(key) else { throw self.error(.missing, key, "is missing") }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(DefinitionError) -> Int? {
        guard let text = try self.string(key) else { return nil }
        guard let number = Int(text) else { throw self.error(.type, key, "must be a whole number") }
        guard range.contains(number) else {
            throw self.error(.value, key, "must be \(range.lowerBound) to \(range.upperBound), and is \(number)")
        }
        return number
    }

    func bool(_ key: String) throws(DefinitionError) -> Bool? {
        guard let text = try self.string(key) else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default: throw self.error(.type, key, "must be true or false")
        }
    }

    func duration(_ key: String, in range: ClosedRange<Duration>) throws(DefinitionError) -> Duration? {
        guard let text = try self.string(key) else { return nil }
        guard let duration = Duration(configuration: text) else {
            throw self.error(.type, key, "must be a number with ms, s, m or h, as in 500ms")
        }
        guard range.contains(duration) else {
            throw self.error(.value, key, "must be \(range.lowerBound) to \(range.upperBound), and is \(duration)")
        }
        return duration
    }

    /// A list of texts, or one text alone.
    func strings(_ key: String) throws(DefinitionError) -> [String]? {
        guard let node = self.node(key) else { return nil }
        if let text = node.text { return [text] }
        guard let list = node.list else { throw self.error(.type, key, "must be a text or a list of texts, and is \(node.kind)") }
        var texts: [String] = []
        for (index, node) in list.enumerated() {
            guard let text = node.text else {
                throw DefinitionError(
                    .type, path: self.path + [key, String(index)], line: node.line, "must be a text, and is \(node.kind)")
            }
            texts.append(text)
        }
        return texts
    }

    /// Texts by name.
    func stringMap(_ key: String) throws(DefinitionError) -> [String: String]? {
        try self.mapping(key, keys: nil)?.stringMap()
    }

    /// All of it, as texts by name.
    func stringMap() throws(DefinitionError) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, node, _) in self.all {
            // `NAME:` with nothing is the empty text.
            texts[name] = node.isNull ? "" : try self.requiredString(name)
        }
        return texts
    }

    func mapping(_ key: String, keys: Set<String>?) throws(DefinitionError) -> MappingReader? {
        guard let node = self.node(key) else { return nil }
        return try MappingReader(node, path: self.path + [key], keys: keys)
    }
}
