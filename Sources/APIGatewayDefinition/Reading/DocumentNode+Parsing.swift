import Yams

extension DocumentNode {
    /// Reads one YAML document, or JSON.
    ///
    /// Aliases are refused, as CloudFormation does: with them a few lines can stand for more than memory holds.
    ///
    /// - Parameters:
    ///   - intrinsics: whether `!Sub text` means `{"Fn::Sub": text}`; otherwise a tag is an error.
    init(parsing text: String, intrinsics: Bool = false) throws(DefinitionError) {
        guard text.utf8.count <= DocumentLimits.bytes else {
            throw DefinitionError(.limit, path: [], "has more than \(DocumentLimits.bytes) bytes")
        }
        if let name = AliasScanner.alias(in: text) {
            throw DefinitionError(.limit, path: [], "has the anchor &\(name) and the alias *\(name), and aliases are not read")
        }
        let root: Node?
        do {
            // Always as UTF-8: what the default takes depends on the environment.
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw DefinitionError(error)
        } catch {
            throw DefinitionError(.syntax, path: [], "is not YAML")
        }
        guard let root else { throw DefinitionError(.syntax, path: [], "is empty") }
        var count = 0
        try self.init(root, path: [], count: &count, intrinsics: intrinsics)
    }

    private init(_ node: Node, path: [String], count: inout Int, intrinsics: Bool) throws(DefinitionError) {
        let line = node.mark?.line
        count += 1
        guard count <= DocumentLimits.nodes else { throw DefinitionError(.limit, path: path, line: line, "has too many parts") }
        guard path.count <= DocumentLimits.depth else { throw DefinitionError(.limit, path: path, line: line, "is nested too deep") }
        guard node.anchor == nil else { throw DefinitionError(.limit, path: path, line: line, "has an anchor, and those are not read") }
        switch node {
        case .alias: throw DefinitionError(.limit, path: path, line: line, "is an alias, and those are not read")
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            self.init(isNull ? .null : .scalar(scalar.string, isPlain: isPlain), line: line)
        case .sequence(let sequence):
            var nodes: [DocumentNode] = []
            for (index, node) in sequence.enumerated() {
                nodes.append(try DocumentNode(node, path: path + [String(index)], count: &count, intrinsics: intrinsics))
            }
            self.init(.list(nodes), line: line)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, node) in mapping {
                guard case .scalar(let name) = key, key.anchor == nil else {
                    throw DefinitionError(.type, path: path, line: key.mark?.line, "has a key that is no text")
                }
                guard name.string != "<<" else { throw DefinitionError(.limit, path: path, line: key.mark?.line, "has a merge key") }
                let value = try DocumentNode(node, path: path + [name.string], count: &count, intrinsics: intrinsics)
                entries.append(Entry(key: name.string, value: value))
            }
            // Yams compares keys with their tags, so that `1` and `"1"` are two: here they would be one.
            guard Set(entries.map(\.key)).count == entries.count else {
                throw DefinitionError(.syntax, path: path, line: line, "has a key twice")
            }
            self.init(.map(entries), line: line)
        }
        let tag = node.tag.rawValue
        guard tag.hasPrefix("!"), tag != "!" else { return }
        guard intrinsics else { throw DefinitionError(.unsupported, path: path, line: line, "has the tag \(tag.prefix(40))") }
        let name = tag.dropFirst()
        // A tag is read as a text even where it is empty: `!Sub ""`.
        let value = self.isNull ? DocumentNode(text: "", line: line) : self
        self = DocumentNode(
            .map([Entry(key: name == "Ref" || name == "Condition" ? String(name) : "Fn::" + name, value: value)]), line: line)
    }
}

extension DefinitionError {
    /// What the parser found. Its own text shows the line itself, which may hold a secret: only the problem and the place are kept.
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            self.init(.syntax, path: [], line: mark.line, "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(_, let context):
            self.init(.syntax, path: [], line: context.mark.line, "has a key twice")
        case .reader(let problem, _, _, _):
            self.init(.syntax, path: [], "is not YAML: \(problem)")
        default:
            self.init(.syntax, path: [], "is not YAML")
        }
    }
}
