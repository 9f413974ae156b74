extension TemplateEvaluator {
    mutating func call(_ name: String, _ argument: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode? {
        let path = path + [name]
        switch name {
        case "Ref": return try self.reference(argument, path: path)
        case "Fn::GetAtt": return try self.attribute(argument, path: path)
        case "Fn::Sub": return try self.substitution(argument, path: path)
        case "Fn::Join": return try self.join(argument, path: path)
        case "Fn::If":
            let parts = try self.arguments(argument, count: 3...3, path: path)
            let condition = try self.condition(named: parts[0].text ?? "", path: path, line: argument.line)
            return try self.evaluate(parts[condition ? 1 : 2], path: path + [condition ? "1" : "2"])
        case "Fn::Select": return try self.select(argument, path: path)
        case "Fn::Split":
            let parts = try self.arguments(argument, count: 2...2, path: path)
            let delimiter = try self.text(parts[0], path: path + ["0"])
            guard !delimiter.isEmpty else { throw DefinitionError(.value, path: path, line: argument.line, "has an empty delimiter") }
            var pieces: [DocumentNode] = []
            for piece in Self.split(try self.text(parts[1], path: path + ["1"]), by: delimiter) {
                pieces.append(try self.made(piece, argument, path: path))
            }
            return DocumentNode(.list(pieces), line: argument.line)
        case "Fn::FindInMap": return try self.findInMap(argument, path: path)
        case "Fn::ImportValue":
            let export = try self.text(argument, path: path)
            guard let value = self.template.options.references[export] else {
                throw DefinitionError(.reference, path: path, line: argument.line, "is another stack's, and no reference says what it is")
            }
            return try self.made(value, argument, path: path)
        default: throw DefinitionError(.unsupported, path: path, line: argument.line, "is no function that is read here")
        }
    }

    /// A function's list of arguments, not yet evaluated.
    func arguments(_ node: DocumentNode, count: ClosedRange<Int>, path: [String]) throws(DefinitionError) -> [DocumentNode] {
        guard let list = node.list, count.contains(list.count) else {
            let most = count.upperBound == count.lowerBound ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
            throw DefinitionError(.type, path: path, line: node.line, "must be a list of \(most)")
        }
        return list
    }

    private mutating func join(_ argument: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode {
        let parts = try self.arguments(argument, count: 2...2, path: path)
        let delimiter = try self.text(parts[0], path: path + ["0"])
        guard let list = try self.evaluate(parts[1], path: path + ["1"])?.list else {
            throw DefinitionError(.type, path: path + ["1"], line: argument.line, "must be a list")
        }
        var texts: [String] = []
        for (index, node) in list.enumerated() {
            guard let text = node.text else {
                throw DefinitionError(.type, path: path + ["1", String(index)], line: node.line, "must be a text, and is \(node.kind)")
            }
            texts.append(text)
        }
        return try self.made(texts.joined(separator: delimiter), argument, path: path)
    }

    private mutating func select(_ argument: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode {
        let parts = try self.arguments(argument, count: 2...2, path: path)
        guard let index = Int(try self.text(parts[0], path: path + ["0"])) else {
            throw DefinitionError(.type, path: path + ["0"], line: argument.line, "must be a whole number")
        }
        guard let list = try self.evaluate(parts[1], path: path + ["1"])?.list else {
            throw DefinitionError(.type, path: path + ["1"], line: argument.line, "must be a list")
        }
        guard list.indices.contains(index) else {
            throw DefinitionError(.value, path: path, line: argument.line, "takes number \(index) of \(list.count)")
        }
        return list[index]
    }

    private mutating func findInMap(_ argument: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode? {
        let parts = try self.arguments(argument, count: 3...3, path: path)
        var node = self.template.mappings
        for (index, part) in parts.enumerated() {
            let key = try self.text(part, path: path + [String(index)])
            guard let next = node?[key] else {
                throw DefinitionError(.reference, path: path, line: argument.line, "finds no \(key.prefix(100)) in Mappings")
            }
            node = next
        }
        guard let node else { return nil }
        // Mappings hold texts and lists of texts, and no functions.
        return try self.evaluate(node, path: path)
    }

    private static func split(_ text: String, by delimiter: String) -> [String] {
        let text = Array(text.utf8)
        let delimiter = Array(delimiter.utf8)
        var pieces: [String] = []
        var start = 0
        var index = 0
        while index < text.count {
            if text[index...].starts(with: delimiter) {
                pieces.append(String(decoding: text[start..<index], as: UTF8.self))
                index += delimiter.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces + [String(decoding: text[start...], as: UTF8.self)]
    }
}
