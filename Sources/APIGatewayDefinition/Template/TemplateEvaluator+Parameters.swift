extension TemplateEvaluator {
    /// A parameter's value: the caller's, or its default.
    ///
    /// `AllowedValues`, `MinValue` and `MaxValue` are held to; `AllowedPattern` is CloudFormation's to check.
    mutating func parameter(_ name: String, _ node: DocumentNode, path: [String], line: Int?) throws(DefinitionError) -> DocumentNode {
        let place = ["Parameters", name]
        let parameter = try MappingReader(node, path: place, keys: nil)
        let type = try parameter.requiredString("Type")
        guard !type.hasPrefix("AWS::SSM::") else {
            throw parameter.error(.unsupported, "Type", "is read from SSM, which is not asked here")
        }
        let fallback = try Self.defaultValue(parameter)
        guard let value = self.template.options.parameters[name] ?? fallback else {
            throw DefinitionError(
                .missing, path: place, line: node.line, "has no default and no value is given; \(path.joined(separator: ".")) uses it")
        }
        if let allowed = try parameter.strings("AllowedValues"), !allowed.contains(value) {
            throw parameter.error(.value, "AllowedValues", "has not the value that is given")
        }
        if type == "Number" {
            guard let number = Double(value), number.isFinite else {
                throw DefinitionError(.type, path: place, line: node.line, "must be a number")
            }
            if let least = try parameter.string("MinValue").flatMap(Double.init), number < least {
                throw parameter.error(.value, "MinValue", "is more than the value that is given")
            }
            if let most = try parameter.string("MaxValue").flatMap(Double.init), number > most {
                throw parameter.error(.value, "MaxValue", "is less than the value that is given")
            }
        }
        guard type == "CommaDelimitedList" || type.hasPrefix("List<") else { return DocumentNode(text: value, line: line) }
        let items = value.split(separator: ",", omittingEmptySubsequences: false)
        var list: [DocumentNode] = []
        for item in items {
            let item = item.drop { $0 == " " }
            list.append(try self.made(String(item.prefix(item.count - item.reversed().prefix { $0 == " " }.count)), node, path: path))
        }
        return DocumentNode(.list(list), line: line)
    }

    /// `Default: ""` and `Default:` are the empty text.
    private static func defaultValue(_ parameter: MappingReader) throws(DefinitionError) -> String? {
        guard let entry = parameter.all.first(where: { $0.key == "Default" }) else { return nil }
        return entry.node.isNull ? "" : try parameter.requiredString("Default")
    }
}
