extension TemplateEvaluator {
    /// `Fn::Sub`: a text, or a text with values of its own.
    mutating func substitution(_ argument: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode {
        var text = argument.text ?? ""
        var values: [String: String] = [:]
        if argument.text == nil {
            let parts = try self.arguments(argument, count: 2...2, path: path)
            guard let first = parts[0].text, let entries = parts[1].entries else {
                throw DefinitionError(.type, path: path, line: argument.line, "must be a text and a mapping")
            }
            text = first
            for entry in entries { values[entry.key] = try self.text(entry.value, path: path + ["1", entry.key]) }
        }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            guard rest.first == "{" else {
                result += "$"
                continue
            }
            guard let end = rest.firstIndex(of: "}") else {
                throw DefinitionError(.syntax, path: path, line: argument.line, "has a ${ that does not end")
            }
            let name = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            // `${!Name}` is `${Name}` as it stands.
            if name.first == "!" {
                result += "${" + name.dropFirst() + "}"
            } else {
                let name = String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                if let value = values[name] {
                    result += value
                } else {
                    result += try self.substituted(name, argument, path: path)
                }
            }
            guard result.utf8.count <= DocumentLimits.bytes else {
                throw DefinitionError(.limit, path: path, line: argument.line, "makes a text that is too long")
            }
        }
        return try self.made(result + rest, argument, path: path)
    }

    private mutating func substituted(_ name: String, _ argument: DocumentNode, path: [String]) throws(DefinitionError) -> String {
        let node = DocumentNode(text: name, line: argument.line)
        let value = name.contains(".") ? try self.attribute(node, path: path) : try self.reference(node, path: path)
        guard let text = value?.text else {
            throw DefinitionError(.type, path: path, line: argument.line, "has ${\(name.prefix(100))}, which is no text")
        }
        return text
    }
}
