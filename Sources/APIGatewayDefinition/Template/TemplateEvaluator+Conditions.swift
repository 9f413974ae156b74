extension TemplateEvaluator {
    /// Whether a condition of the template holds.
    mutating func condition(named name: String, path: [String], line: Int? = nil) throws(DefinitionError) -> Bool {
        guard let node = self.template.conditions[name] else {
            throw DefinitionError(.reference, path: path, line: line, "names no condition: \(name.prefix(100))")
        }
        let place = ["Conditions", name]
        return try self.within("Conditions." + name, path: place) { (evaluator) throws(DefinitionError) in
            try evaluator.holds(node, path: place)
        }
    }

    /// Whether a resource is there at all.
    mutating func exists(_ id: String) throws(DefinitionError) -> Bool {
        guard let resource = self.template.resources[id] else { return false }
        guard let condition = resource.condition else { return true }
        return try self.condition(named: condition, path: ["Resources", id, "Condition"])
    }

    private mutating func holds(_ node: DocumentNode, path: [String]) throws(DefinitionError) -> Bool {
        guard let entry = node.entries?.first, node.entries?.count == 1 else {
            throw DefinitionError(.type, path: path, line: node.line, "must be a condition")
        }
        let path = path + [entry.key]
        switch entry.key {
        case "Condition":
            return try self.condition(named: entry.value.text ?? "", path: path, line: node.line)
        case "Fn::Equals":
            let parts = try self.arguments(entry.value, count: 2...2, path: path)
            return try self.text(parts[0], path: path + ["0"]) == self.text(parts[1], path: path + ["1"])
        case "Fn::Not":
            let parts = try self.arguments(entry.value, count: 1...1, path: path)
            return try !self.holds(parts[0], path: path + ["0"])
        case "Fn::And", "Fn::Or":
            let stopsAt = entry.key == "Fn::Or"
            for (index, part) in try self.arguments(entry.value, count: 2...10, path: path).enumerated()
            where try self.holds(part, path: path + [String(index)]) == stopsAt {
                return stopsAt
            }
            return !stopsAt
        default:
            throw DefinitionError(.unsupported, path: path, line: node.line, "is no condition that is read here")
        }
    }
}
